// Float to 8 bits and back with one scale and zero point: base/rounding.h on n elements. The range
// of what is to be quantized, for scales that are chosen while running.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"
#include "kernels/requant.h"

namespace octavo {

// Smallest and largest of 0 and all elements; NaN is passed over.
struct FloatRange {
  float min = 0.0f;
  float max = 0.0f;
};

struct QConvertKernel {
  const char* name;
  Isa isa;
  void (*quantize)(size_t n, const float* x, float scale, const Requant& out, uint8_t* y);
  void (*dequantize)(size_t n, const uint8_t* x, bool is_signed, float scale, int32_t zero_point,
                     float* y);
  FloatRange (*range)(size_t n, const float* x);
};

// ONNX DynamicQuantizeLinear: the uint8 scale and zero point that fit a range; scale 1 where it is
// nothing but 0.
struct DynamicScale {
  float scale;
  uint8_t zero_point;
};
inline DynamicScale dynamic_scale(FloatRange range) {
  const float scale = range.min == range.max ? 1.0f : (range.max - range.min) / 255.0f;
  const float zero_point = round_half_even(0.0f - range.min / scale);
  return {scale, static_cast<uint8_t>(saturate(zero_point, 0, 255))};
}

std::span<const QConvertKernel* const> qconvert_kernels();
const QConvertKernel& qconvert_kernel(Isa isa);

}  // namespace octavo
