#include "kernels/qconvert/qconvert.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

void quantize(size_t n, const float* x, float scale, const Requant& out, uint8_t* y) {
  const RequantSimd<> requant(out);
  const v128_t divisor = wasm_f32x4_splat(scale);
  const auto four = [&](const float* from) {
    return requant.from_float(wasm_f32x4_div(wasm_v128_load(from), divisor));
  };
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    const float* from = x + i;
    wasm_v128_store(y + i,
                    requant.bytes(four(from), four(from + 4), four(from + 8), four(from + 12)));
  }
  for (; i < n; ++i) y[i] = quantize_byte(x[i], scale, out);
}

template <bool kSigned>
void dequantize_of(size_t n, const uint8_t* x, float scale, int32_t zero_point, float* y) {
  const v128_t factor = wasm_f32x4_splat(scale);
  const v128_t zero = wasm_i16x8_splat(static_cast<int16_t>(zero_point));
  size_t i = 0;
  for (; i + 8 <= n; i += 8) {
    const v128_t q = wasm_i16x8_sub(load_widened<kSigned>(x + i), zero);
    const v128_t low = wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(q));
    const v128_t high = wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(q));
    wasm_v128_store(y + i, wasm_f32x4_mul(factor, low));
    wasm_v128_store(y + i + 4, wasm_f32x4_mul(factor, high));
  }
  for (; i < n; ++i) y[i] = dequantize_value(widen(x[i], kSigned), scale, zero_point);
}

void dequantize(size_t n, const uint8_t* x, bool is_signed, float scale, int32_t zero_point,
                float* y) {
  (is_signed ? dequantize_of<true> : dequantize_of<false>)(n, x, scale, zero_point, y);
}

// pmin(a, b) is b < a ? b : a, and so keeps `a` where b is NaN; with 0 in every lane to begin with
// the order of the elements does not matter, nor does the sign of their zeros.
FloatRange range(size_t n, const float* x) {
  const v128_t zero = wasm_f32x4_splat(0.0f);
  v128_t low[4] = {zero, zero, zero, zero}, high[4] = {zero, zero, zero, zero};
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    for (size_t j = 0; j < 4; ++j) {
      const v128_t four = wasm_v128_load(x + i + 4 * j);
      low[j] = wasm_f32x4_pmin(low[j], four);
      high[j] = wasm_f32x4_pmax(high[j], four);
    }
  }
  float lows[4], highs[4];
  wasm_v128_store(
      lows, wasm_f32x4_pmin(wasm_f32x4_pmin(low[0], low[1]), wasm_f32x4_pmin(low[2], low[3])));
  wasm_v128_store(
      highs, wasm_f32x4_pmax(wasm_f32x4_pmax(high[0], high[1]), wasm_f32x4_pmax(high[2], high[3])));
  FloatRange range;
  const auto include = [&range](float value) {
    range.min = value < range.min ? value : range.min;
    range.max = value > range.max ? value : range.max;
  };
  for (size_t j = 0; j < 4; ++j) {
    include(lows[j]);
    include(highs[j]);
  }
  for (; i < n; ++i) include(x[i]);
  return range;
}

}  // namespace

extern const QConvertKernel qx8_convert__simd128 = {"qx8_convert__simd128", Isa::kSimd128, quantize,
                                                    dequantize, range};

}  // namespace octavo
