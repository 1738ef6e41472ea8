// The microkernel of int16: 4 rows x 8 columns, two k at a time. i32x4.dot_i16x8 adds two products
// in int32 (of bytes both are below 2^16), and i32x4.add wraps: modulo 2^32, as the plain twin.
#pragma once

#include "kernels/qgemm/qgemm_tile.h"

namespace octavo {
namespace {

constexpr size_t kPairRows = 4;

inline v128_t add_pair(v128_t acc, v128_t w, v128_t x) {
  return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(w, x));
}

// Goes on from sums that are there already.
inline Tile<kPairRows> add_pairs(size_t groups, const uint8_t* x, const uint8_t* w,
                                 const Tile<kPairRows>& sums) {
  v128_t a0 = sums.acc[0][0], a1 = sums.acc[0][1], b0 = sums.acc[1][0], b1 = sums.acc[1][1];
  v128_t c0 = sums.acc[2][0], c1 = sums.acc[2][1], d0 = sums.acc[3][0], d1 = sums.acc[3][1];
  for (; groups > 0; --groups, x += kPairRows * kGroupBytes, w += kQGemmPanelBytes) {
    const v128_t w0 = wasm_v128_load(w);
    const v128_t w1 = wasm_v128_load(w + 16);
    const v128_t a = wasm_v128_load32_splat(x);
    a0 = add_pair(a0, w0, a);
    a1 = add_pair(a1, w1, a);
    const v128_t b = wasm_v128_load32_splat(x + 4);
    b0 = add_pair(b0, w0, b);
    b1 = add_pair(b1, w1, b);
    const v128_t c = wasm_v128_load32_splat(x + 8);
    c0 = add_pair(c0, w0, c);
    c1 = add_pair(c1, w1, c);
    const v128_t d = wasm_v128_load32_splat(x + 12);
    d0 = add_pair(d0, w0, d);
    d1 = add_pair(d1, w1, d);
  }
  return {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}}};
}

}  // namespace
}  // namespace octavo
