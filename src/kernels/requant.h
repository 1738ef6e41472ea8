// The last step of every integer kernel: int32 accumulator -> 8 bits of the output's scale.
//   y = saturate(round_half_even(float(acc) * multiplier) + zero_point, qmin, qmax)
#pragma once

#include <cmath>
#include <cstdint>

#include "base/rounding.h"

namespace octavo {

// Bytes hold uint8 or int8; qmin..qmax lies within one of the two, which tells them apart where it
// matters. A fused Relu or Clip narrows qmin..qmax.
struct Requant {
  int32_t zero_point = 0;
  int32_t qmin = 0;
  int32_t qmax = 255;

  // Whether a byte that saturates is clamped enough.
  bool is_full_range() const { return (qmin == 0 && qmax == 255) || (qmin == -128 && qmax == 127); }
};

// Adding 0x1.8p23f rounds numbers of a smaller magnitude than this to integers. Where accumulators
// cannot get beyond it in steps of the output, they need no clamping before.
constexpr double kRoundedByAdding = 1 << 22;

// Whether no sum of `magnitude`, the sum of |w|, times bytes, plus bias, gets beyond it.
inline bool stays_small(uint64_t magnitude, int32_t bias, float multiplier) {
  const double most = 255.0 * static_cast<double>(magnitude) + std::abs(static_cast<double>(bias));
  return most * multiplier < kRoundedByAdding - 512;  // and a zero point
}

inline uint8_t requantize_byte(int32_t acc, float multiplier, const Requant& out) {
  return static_cast<uint8_t>(
      requantize_value(acc, multiplier, out.zero_point, out.qmin, out.qmax));
}

inline uint8_t quantize_byte(float x, float scale, const Requant& out) {
  return static_cast<uint8_t>(quantize_value(x, scale, out.zero_point, out.qmin, out.qmax));
}

// A byte as the number that it stands for.
inline int32_t widen(uint8_t byte, bool is_signed) {
  return is_signed ? static_cast<int8_t>(byte) : byte;
}

}  // namespace octavo
