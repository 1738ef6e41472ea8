// What packing weights finds out about each output channel, for every family that requantizes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "kernels/requant.h"

namespace octavo {

class WeightSums {
 public:
  explicit WeightSums(size_t channels) : sums_(channels, 0), magnitudes_(channels, 0) {}

  // `w` is the weight minus its zero point.
  void add(size_t channel, int32_t w) {
    sums_[channel] += static_cast<uint32_t>(w);
    magnitudes_[channel] += static_cast<uint64_t>(std::abs(w));
  }

  // Sets weights.bias (with -x_zero_point * sum of w, modulo 2^32), multiplier and stays_small from
  // source.bias (or null) and multiplier; zeros fill up to `filled` channels.
  template <typename Source, typename Weights>
  void finish(const Source& source, int32_t x_zero_point, size_t filled, Weights& weights) const {
    weights.bias.assign(filled, 0);
    weights.multiplier.assign(filled, 0.0f);
    for (size_t i = 0; i < sums_.size(); ++i) {
      const uint32_t bias = source.bias ? static_cast<uint32_t>(source.bias[i]) : 0;
      weights.bias[i] = static_cast<int32_t>(bias - static_cast<uint32_t>(x_zero_point) * sums_[i]);
      weights.multiplier[i] = source.multiplier[i];
      weights.stays_small &= stays_small(magnitudes_[i], weights.bias[i], weights.multiplier[i]);
    }
  }

 private:
  std::vector<uint32_t> sums_;
  std::vector<uint64_t> magnitudes_;
};

}  // namespace octavo
