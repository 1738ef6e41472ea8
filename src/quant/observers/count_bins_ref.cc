#include <cmath>

#include "quant/observers/count_bins.h"

namespace octavo {

void count_bins_ref(std::span<const float> values, int exponent, std::span<int64_t> counts) {
  const double per_bin = std::ldexp(1.0, -exponent);  // in double no product is too small
  for (const float x : values) {
    const auto bin = static_cast<int64_t>(std::floor(x * per_bin)) + kHalfBins;
    ++counts[static_cast<size_t>(x == 0 ? 2 * kHalfBins : bin)];
  }
}

}  // namespace octavo
