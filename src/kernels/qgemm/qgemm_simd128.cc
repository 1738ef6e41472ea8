#include "kernels/qgemm/qgemm_tile.h"

namespace octavo {
namespace {

constexpr size_t kRows = 4, kTileBytes = kRows * kGroupBytes;

template <bool kSigned>
struct Pack {
  static constexpr size_t kTileRows = kRows, kDepth = 2, kVector = 8;
  explicit Pack(bool) {}

  // kVector bytes of each row from `at` on -> four groups, or the first of them.
  static void vectors(const uint8_t* const* x, size_t at, size_t groups, uint8_t* packed) {
    const v128_t row[4] = {load_widened<kSigned>(x[0] + at), load_widened<kSigned>(x[1] + at),
                           load_widened<kSigned>(x[2] + at), load_widened<kSigned>(x[3] + at)};
    store_transposed(row, groups, packed, kTileBytes);
  }
  static void group(const uint8_t* x, size_t count, uint8_t* packed) {
    store_in_group(packed, 2, 0, widen(x[0], kSigned));
    store_in_group(packed, 2, 1, count > 1 ? widen(x[1], kSigned) : 0);
  }
};

void pack_rows(const QGemmRows& rows, bool is_signed, uint8_t* packed) {
  (is_signed ? pack_tile<Pack<true>> : pack_tile<Pack<false>>)(rows, is_signed, packed);
}

// The microkernel: 4 rows x 8 columns, two k at a time. i32x4.dot_i16x8 adds two products in int32
// (both below 2^16), and i32x4.add wraps: modulo 2^32, as the plain twin.
struct Multiply {
  static constexpr size_t kTileRows = kRows;

  static v128_t splat(const uint8_t* x) { return wasm_v128_load32_splat(x); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(w, x));
  }
  static Tile<1> row(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                     v128_t bias1) {
    return multiply_row<Multiply>(groups, x, w, bias0, bias1);
  }
  static Tile<kRows> tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                          v128_t bias1) {
    v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
    v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
    for (; groups > 0; --groups, x += kTileBytes, w += kQGemmPanelBytes) {
      const v128_t w0 = wasm_v128_load(w);
      const v128_t w1 = wasm_v128_load(w + 16);
      const v128_t a = splat(x);
      a0 = add(a0, w0, a);
      a1 = add(a1, w1, a);
      const v128_t b = splat(x + 4);
      b0 = add(b0, w0, b);
      b1 = add(b1, w1, b);
      const v128_t c = splat(x + 8);
      c0 = add(c0, w0, c);
      c1 = add(c1, w1, c);
      const v128_t d = splat(x + 12);
      d0 = add(d0, w0, d);
      d1 = add(d1, w1, d);
    }
    return {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}}};
  }
};

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c2__simd128 = {"qx8_qc8w_gemm_4x8c2__simd128",
                                                         Isa::kSimd128,
                                                         kRows,
                                                         2,
                                                         no_offset,
                                                         pack_rows,
                                                         to_bytes<Multiply>,
                                                         to_floats<Multiply>};

}  // namespace octavo
