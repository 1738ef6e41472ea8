// One channel: the whole of the plain kernel, and the last few channels of the others.
#pragma once

#include <algorithm>

#include "kernels/qpool/qpool.h"

namespace octavo {

inline uint8_t qpool_average(const QPoolWindow& window, size_t c, int32_t bias, float multiplier,
                             const Requant& out) {
  int32_t acc = bias;  // |acc| <= 255 * kQPoolMaxTaps < 2^31 at every step
  for (size_t t = 0; t < window.taps; ++t) acc += widen(window.x[t][c], window.is_signed);
  return requantize_byte(acc, multiplier, out);
}

inline uint8_t qpool_maximum(const QPoolWindow& window, size_t c) {
  int32_t best = widen(window.x[0][c], window.is_signed);
  for (size_t t = 1; t < window.taps; ++t) {
    best = std::max(best, widen(window.x[t][c], window.is_signed));
  }
  return static_cast<uint8_t>(best);
}

}  // namespace octavo
