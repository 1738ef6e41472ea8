#include "kernels/qconvert/qconvert.h"

namespace octavo {
namespace {

void quantize(size_t n, const float* x, float scale, const Requant& out, uint8_t* y) {
  for (size_t i = 0; i < n; ++i) y[i] = quantize_byte(x[i], scale, out);
}

void dequantize(size_t n, const uint8_t* x, bool is_signed, float scale, int32_t zero_point,
                float* y) {
  for (size_t i = 0; i < n; ++i) {
    y[i] = dequantize_value(widen(x[i], is_signed), scale, zero_point);
  }
}

FloatRange range(size_t n, const float* x) {
  FloatRange range;
  for (size_t i = 0; i < n; ++i) {
    range.min = x[i] < range.min ? x[i] : range.min;
    range.max = x[i] > range.max ? x[i] : range.max;
  }
  return range;
}

}  // namespace

extern const QConvertKernel qx8_convert__ref = {"qx8_convert__ref", Isa::kRef, quantize, dequantize,
                                                range};

}  // namespace octavo
