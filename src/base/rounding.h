// The one rounding of the house (ONNX QuantizeLinear's rule): divide by scale, round half to even,
// add the zero point, saturate. Native bytes equal wasm bytes because every step is IEEE exact.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace octavo {

// Needs the default rounding mode, which nothing here ever changes.
inline float round_half_even(float x) { return std::nearbyintf(x); }

// NaN becomes qmin: never undefined behaviour.
inline int32_t saturate(float rounded, int32_t qmin, int32_t qmax) {
  if (!(rounded > static_cast<float>(qmin))) return qmin;
  return rounded < static_cast<float>(qmax) ? static_cast<int32_t>(rounded) : qmax;
}

inline int32_t quantize_value(float x, float scale, int32_t zero_point, int32_t qmin,
                              int32_t qmax) {
  return saturate(round_half_even(x / scale) + static_cast<float>(zero_point), qmin, qmax);
}

inline float dequantize_value(int32_t q, float scale, int32_t zero_point) {
  return scale * static_cast<float>(q - zero_point);
}

// int32 accumulator -> 8 bits; multiplier = s_x * s_w / s_y, in float, as ONNX Runtime does it.
inline int32_t requantize_value(int32_t acc, float multiplier, int32_t zero_point, int32_t qmin,
                                int32_t qmax) {
  return saturate(
      round_half_even(static_cast<float>(acc) * multiplier) + static_cast<float>(zero_point), qmin,
      qmax);
}

}  // namespace octavo
