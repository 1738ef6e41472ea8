#include <wasm_simd128.h>

#include "kernels/resample/resample_element.h"

namespace octavo {
namespace {

v128_t half() { return wasm_i32x4_splat(1 << (kResampleBits - 1)); }

v128_t add_product(v128_t sum, v128_t x, v128_t weight) {
  return wasm_i32x4_add(sum, wasm_i32x4_mul(x, weight));
}

// Four channels are one vector of sums.
void row_of_4(const uint8_t* x, const ResampleTaps& taps, uint8_t* y) {
  const int32_t* weight = taps.weight.data();
  for (const size_t first : taps.first) {
    const uint8_t* pixel = x + first * 4;
    v128_t sum = half();
    for (size_t t = 0; t < taps.each; ++t, pixel += 4, ++weight) {
      const v128_t channels = wasm_u16x8_extend_low_u8x16(wasm_v128_load32_zero(pixel));
      sum = add_product(sum, wasm_u32x4_extend_low_u16x8(channels), wasm_v128_load32_splat(weight));
    }
    const v128_t words = wasm_i32x4_shr(sum, kResampleBits);
    const v128_t bytes = wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(words, words), words);
    wasm_v128_store32_lane(y, bytes, 0);
    y += 4;
  }
}

void row(const uint8_t* x, size_t channels, const ResampleTaps& taps, uint8_t* y) {
  if (channels == 4) return row_of_4(x, taps, y);
  resample_kernel(Isa::kRef).row(x, channels, taps, y);
}

void rows(const uint8_t* x, size_t stride, const int32_t* weight, size_t each, size_t bytes,
          uint8_t* y) {
  size_t i = 0;
  for (; i + 16 <= bytes; i += 16) {
    v128_t s0 = half(), s1 = half(), s2 = half(), s3 = half();
    for (size_t t = 0; t < each; ++t) {
      const v128_t all = wasm_v128_load(x + i + t * stride);
      const v128_t w = wasm_v128_load32_splat(weight + t);
      const v128_t low = wasm_u16x8_extend_low_u8x16(all), high = wasm_u16x8_extend_high_u8x16(all);
      s0 = add_product(s0, wasm_u32x4_extend_low_u16x8(low), w);
      s1 = add_product(s1, wasm_u32x4_extend_high_u16x8(low), w);
      s2 = add_product(s2, wasm_u32x4_extend_low_u16x8(high), w);
      s3 = add_product(s3, wasm_u32x4_extend_high_u16x8(high), w);
    }
    const auto words = [](v128_t a, v128_t b) {
      return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(a, kResampleBits),
                                     wasm_i32x4_shr(b, kResampleBits));
    };
    wasm_v128_store(y + i, wasm_u8x16_narrow_i16x8(words(s0, s1), words(s2, s3)));
  }
  for (; i < bytes; ++i) y[i] = resample_element(x + i, stride, weight, each);
}

}  // namespace

extern const ResampleKernel u8_resample__simd128 = {"u8_resample__simd128", Isa::kSimd128, row,
                                                    rows};

}  // namespace octavo
