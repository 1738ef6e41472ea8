#include "kernels/qgemm/qgemm_tile.h"

namespace octavo {
namespace {

constexpr size_t kRows = 4, kTileBytes = kRows * kGroupBytes;

template <bool kSigned>
void pack_rows_of(size_t rows, size_t k, const uint8_t* const* x, uint8_t* packed) {
  const uint8_t* source[kRows];
  for (size_t m = 0; m < kRows; ++m) source[m] = x[m < rows ? m : rows - 1];
  size_t j = 0;
  for (; j + 8 <= k; j += 8, packed += 4 * kTileBytes) {
    const v128_t row[4] = {
        load_widened<kSigned>(source[0] + j), load_widened<kSigned>(source[1] + j),
        load_widened<kSigned>(source[2] + j), load_widened<kSigned>(source[3] + j)};
    store_transposed(row, packed, kTileBytes);
  }
  for (; j < k; j += 2, packed += kTileBytes) {
    for (size_t m = 0; m < kRows; ++m) {
      const int16_t pair[2] = {
          static_cast<int16_t>(widen(source[m][j], kSigned)),
          static_cast<int16_t>(j + 1 < k ? widen(source[m][j + 1], kSigned) : 0)};
      std::memcpy(packed + m * kGroupBytes, pair, sizeof pair);
    }
  }
}

void pack_rows(size_t rows, size_t k, const uint8_t* const* x, bool is_signed, uint8_t* packed) {
  (is_signed ? pack_rows_of<true> : pack_rows_of<false>)(rows, k, x, packed);
}

// The microkernel: 4 rows x 8 columns, two k at a time. i32x4.dot_i16x8 adds two products in int32
// (both below 2^16), and i32x4.add wraps: modulo 2^32, as the plain twin.
struct Multiply {
  static constexpr size_t kTileRows = kRows;

  static Tile<kRows> tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                          v128_t bias1) {
    v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
    v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
    for (; groups > 0; --groups, x += kTileBytes, w += kQGemmPanelBytes) {
      const v128_t w0 = wasm_v128_load(w);
      const v128_t w1 = wasm_v128_load(w + 16);
      const v128_t a = wasm_v128_load32_splat(x);
      a0 = wasm_i32x4_add(a0, wasm_i32x4_dot_i16x8(w0, a));
      a1 = wasm_i32x4_add(a1, wasm_i32x4_dot_i16x8(w1, a));
      const v128_t b = wasm_v128_load32_splat(x + 4);
      b0 = wasm_i32x4_add(b0, wasm_i32x4_dot_i16x8(w0, b));
      b1 = wasm_i32x4_add(b1, wasm_i32x4_dot_i16x8(w1, b));
      const v128_t c = wasm_v128_load32_splat(x + 8);
      c0 = wasm_i32x4_add(c0, wasm_i32x4_dot_i16x8(w0, c));
      c1 = wasm_i32x4_add(c1, wasm_i32x4_dot_i16x8(w1, c));
      const v128_t d = wasm_v128_load32_splat(x + 12);
      d0 = wasm_i32x4_add(d0, wasm_i32x4_dot_i16x8(w0, d));
      d1 = wasm_i32x4_add(d1, wasm_i32x4_dot_i16x8(w1, d));
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
