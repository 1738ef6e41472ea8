// How far apart two lists of numbers are, as sums that add up over samples.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "base/real_math.h"

namespace octavo {

constexpr double kHighestDb = 200;

// Sums in double, in the order of the data: the same bits everywhere.
struct ErrorMoments {
  double signal = 0;   // sum r^2
  double energy = 0;   // sum q^2
  double product = 0;  // sum r q
  double noise = 0;    // sum (r - q)^2

  void add(std::span<const float> reference, std::span<const float> approximation) {
    for (size_t i = 0; i < reference.size(); ++i) {
      const double r = reference[i], q = approximation[i];
      signal += r * r;
      energy += q * q;
      product += r * q;
      noise += (r - q) * (r - q);
    }
  }

  void add(const ErrorMoments& other) {
    signal += other.signal;
    energy += other.energy;
    product += other.product;
    noise += other.noise;
  }

  // 10 log10(signal / noise) within -200..200; equal lists, zeros too, have the highest.
  double sqnr_db() const {
    if (noise == 0) return kHighestDb;
    const double ratio = std::clamp(signal / noise, 1e-20, 1e20);
    return 4.3429448190325183 *
           static_cast<double>(real_log(static_cast<float>(ratio)));  // 10 / ln 10
  }

  // 1 for equal lists, zeros too; 0 where only one of them is zero.
  double cosine() const {
    if (noise == 0) return 1;
    const double length = std::sqrt(signal) * std::sqrt(energy);
    return length == 0 ? 0 : product / length;
  }
};

}  // namespace octavo
