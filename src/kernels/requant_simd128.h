// requant.h on vectors of four; bytes equal the scalar functions'. Each file that includes this has
// its own copy: they are compiled for different processors.
#pragma once

#include <wasm_simd128.h>

#include "kernels/requant.h"

namespace octavo {
namespace {

// Engines make constants anew at every use, which takes as long as what they are used for: this one
// is kept from being seen as constant.
inline v128_t splat_kept(float constant) {
  asm("" : "+r"(constant));
  return wasm_f32x4_splat(constant);
}

// kClamp off: for accumulators that stay small (see stays_small) and outputs that use the whole
// range of a byte. Otherwise clamping before rounding gives what clamping after it does, because
// the limits are integers; and within the limits (|x| <= 383) adding 1.5 * 2^23 rounds half to
// even, as ulp is 1 there, and leaves the integer in the low bits. pmax and pmin with x second turn
// NaN into the low limit.
template <bool kClamp = true>
struct RequantSimd {
  explicit RequantSimd(const Requant& out)
      : low(wasm_f32x4_splat(static_cast<float>(out.qmin - out.zero_point))),
        high(wasm_f32x4_splat(static_cast<float>(out.qmax - out.zero_point))),
        magic(splat_kept(0x1.8p23f)),
        offset(wasm_i32x4_splat(out.zero_point + (out.qmin < 0 ? 128 : 0) - kMagicBits)),
        flip(wasm_i8x16_splat(static_cast<int8_t>(out.qmin < 0 ? -128 : 0))) {}

  // Four results as 0..255: signed ones have 128 added, which `bytes` takes away again.
  v128_t from_float(v128_t scaled) const {
    const v128_t clamped = kClamp ? wasm_f32x4_pmin(high, wasm_f32x4_pmax(low, scaled)) : scaled;
    return wasm_i32x4_add(wasm_f32x4_add(clamped, magic), offset);
  }
  v128_t from_acc(v128_t acc, v128_t multiplier) const {
    return from_float(wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), multiplier));
  }

  // Two and four such vectors -> 8 (in the low half) and 16 bytes.
  v128_t bytes(v128_t a, v128_t b) const {
    const v128_t narrow = wasm_i16x8_narrow_i32x4(a, b);
    return narrowed(narrow, narrow);
  }
  v128_t bytes(v128_t a, v128_t b, v128_t c, v128_t d) const {
    return narrowed(wasm_i16x8_narrow_i32x4(a, b), wasm_i16x8_narrow_i32x4(c, d));
  }
  // The same of int16 lanes.
  v128_t narrowed(v128_t a, v128_t b) const {
    return wasm_v128_xor(wasm_u8x16_narrow_i16x8(a, b), flip);
  }

  static constexpr int32_t kMagicBits = 0x4b400000;  // of 0x1.8p23f
  v128_t low, high, magic, offset, flip;
};

// 8 bytes -> 8 int16.
template <bool kSigned>
inline v128_t load_widened(const uint8_t* bytes) {
  return kSigned ? wasm_i16x8_load8x8(bytes) : wasm_u16x8_load8x8(bytes);
}

}  // namespace
}  // namespace octavo
