// requant.h on vectors of four; bytes equal the scalar functions'. Each file that includes this has
// its own copy: they are compiled for different processors.
#pragma once

#include <wasm_simd128.h>

#include "kernels/requant.h"

namespace octavo {
namespace {

// Clamping before rounding gives what clamping after it does, because the limits are integers; and
// within the limits (|x| <= 383) adding 1.5 * 2^23 rounds half to even, as ulp is 1 there, and
// leaves the integer in the low bits. pmax and pmin with x second turn NaN into the low limit.
struct RequantSimd {
  explicit RequantSimd(const Requant& out)
      : low(wasm_f32x4_splat(static_cast<float>(out.qmin - out.zero_point))),
        high(wasm_f32x4_splat(static_cast<float>(out.qmax - out.zero_point))),
        zero_point(wasm_i32x4_splat(out.zero_point)) {}

  // Four results as the low bytes of 32-bit lanes, other bits zero.
  v128_t from_float(v128_t scaled) const {
    const v128_t clamped = wasm_f32x4_pmin(high, wasm_f32x4_pmax(low, scaled));
    const v128_t bits = wasm_f32x4_add(clamped, wasm_f32x4_splat(0x1.8p23f));
    return wasm_v128_and(wasm_i32x4_add(bits, zero_point), wasm_i32x4_splat(0xff));
  }
  v128_t from_acc(v128_t acc, v128_t multiplier) const {
    return from_float(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), multiplier));
  }

  v128_t low, high, zero_point;
};

// Two and four vectors of such lanes -> 8 (in the low half) and 16 bytes.
inline v128_t bytes_of(v128_t a, v128_t b) {
  const v128_t narrow = wasm_i16x8_narrow_i32x4(a, b);
  return wasm_u8x16_narrow_i16x8(narrow, narrow);
}
inline v128_t bytes_of(v128_t a, v128_t b, v128_t c, v128_t d) {
  return wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(a, b), wasm_i16x8_narrow_i32x4(c, d));
}

// 8 bytes -> 8 int16.
template <bool kSigned>
inline v128_t load_widened(const uint8_t* bytes) {
  return kSigned ? wasm_i16x8_load8x8(bytes) : wasm_u16x8_load8x8(bytes);
}

}  // namespace
}  // namespace octavo
