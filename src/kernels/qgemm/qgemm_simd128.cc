#include <cstring>

#include "kernels/qgemm/qgemm.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

// Four vectors of 8 int16 (4 pairs of k) of four rows -> four vectors, one a pair, rows side by
// side.
inline void store_transposed(const v128_t row[4], int16_t* packed) {
  const v128_t ab_low = wasm_i32x4_shuffle(row[0], row[1], 0, 4, 1, 5);
  const v128_t ab_high = wasm_i32x4_shuffle(row[0], row[1], 2, 6, 3, 7);
  const v128_t cd_low = wasm_i32x4_shuffle(row[2], row[3], 0, 4, 1, 5);
  const v128_t cd_high = wasm_i32x4_shuffle(row[2], row[3], 2, 6, 3, 7);
  wasm_v128_store(packed, wasm_i64x2_shuffle(ab_low, cd_low, 0, 2));
  wasm_v128_store(packed + 8, wasm_i64x2_shuffle(ab_low, cd_low, 1, 3));
  wasm_v128_store(packed + 16, wasm_i64x2_shuffle(ab_high, cd_high, 0, 2));
  wasm_v128_store(packed + 24, wasm_i64x2_shuffle(ab_high, cd_high, 1, 3));
}

template <bool kSigned>
void pack_rows_of(size_t rows, size_t k, const uint8_t* const* x, int16_t* packed) {
  const uint8_t* source[kQGemmRows];
  for (size_t m = 0; m < kQGemmRows; ++m) source[m] = x[m < rows ? m : rows - 1];
  size_t j = 0;
  for (; j + 8 <= k; j += 8, packed += 32) {
    const v128_t row[4] = {
        load_widened<kSigned>(source[0] + j), load_widened<kSigned>(source[1] + j),
        load_widened<kSigned>(source[2] + j), load_widened<kSigned>(source[3] + j)};
    store_transposed(row, packed);
  }
  for (; j < k; j += 2, packed += 8) {
    for (size_t m = 0; m < kQGemmRows; ++m) {
      packed[m * 2] = static_cast<int16_t>(widen(source[m][j], kSigned));
      packed[m * 2 + 1] = static_cast<int16_t>(j + 1 < k ? widen(source[m][j + 1], kSigned) : 0);
    }
  }
}

void pack_rows(size_t rows, size_t k, const uint8_t* const* x, bool is_signed, int16_t* packed) {
  (is_signed ? pack_rows_of<true> : pack_rows_of<false>)(rows, k, x, packed);
}

// The microkernel: 4 rows x 8 columns, two k at a time. i32x4.dot_i16x8 adds two products in int32
// (both below 2^16), and i32x4.add wraps: modulo 2^32, as the plain twin.
struct Tile {
  v128_t acc[4][2];
};

inline Tile multiply_4x8(size_t k_pairs, const int16_t* x, const int16_t* w, v128_t bias0,
                         v128_t bias1) {
  v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
  v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
  for (; k_pairs > 0; --k_pairs, x += 8, w += 16) {
    const v128_t w0 = wasm_v128_load(w);
    const v128_t w1 = wasm_v128_load(w + 8);
    const v128_t a = wasm_v128_load32_splat(x);
    a0 = wasm_i32x4_add(a0, wasm_i32x4_dot_i16x8(w0, a));
    a1 = wasm_i32x4_add(a1, wasm_i32x4_dot_i16x8(w1, a));
    const v128_t b = wasm_v128_load32_splat(x + 2);
    b0 = wasm_i32x4_add(b0, wasm_i32x4_dot_i16x8(w0, b));
    b1 = wasm_i32x4_add(b1, wasm_i32x4_dot_i16x8(w1, b));
    const v128_t c = wasm_v128_load32_splat(x + 4);
    c0 = wasm_i32x4_add(c0, wasm_i32x4_dot_i16x8(w0, c));
    c1 = wasm_i32x4_add(c1, wasm_i32x4_dot_i16x8(w1, c));
    const v128_t d = wasm_v128_load32_splat(x + 6);
    d0 = wasm_i32x4_add(d0, wasm_i32x4_dot_i16x8(w0, d));
    d1 = wasm_i32x4_add(d1, wasm_i32x4_dot_i16x8(w1, d));
  }
  return {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}}};
}

// store(row, low, high) gets the finished accumulators of one row of y.
template <typename Store>
inline void for_each_row(const QGemmPanel& panel, Store store) {
  const v128_t bias0 = wasm_v128_load(panel.bias);
  const v128_t bias1 = wasm_v128_load(panel.bias + 4);
  const int16_t* x = panel.x;
  for (size_t m = 0; m < panel.rows; m += kQGemmRows, x += panel.k_pairs * kQGemmRows * 2) {
    const Tile tile = multiply_4x8(panel.k_pairs, x, panel.w, bias0, bias1);
    store(m, tile.acc[0][0], tile.acc[0][1]);
    if (m + 1 < panel.rows) store(m + 1, tile.acc[1][0], tile.acc[1][1]);
    if (m + 2 < panel.rows) store(m + 2, tile.acc[2][0], tile.acc[2][1]);
    if (m + 3 < panel.rows) store(m + 3, tile.acc[3][0], tile.acc[3][1]);
  }
}

void to_bytes(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  const RequantSimd requant(out);
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  for_each_row(panel, [&](size_t m, v128_t low, v128_t high) {
    const v128_t bytes =
        bytes_of(requant.from_acc(low, multiplier0), requant.from_acc(high, multiplier1));
    if (panel.cols == kQGemmCols) {
      wasm_v128_store64_lane(y + m * stride, bytes, 0);
    } else {
      uint8_t row[16];
      wasm_v128_store(row, bytes);
      std::memcpy(y + m * stride, row, panel.cols);
    }
  });
}

void to_floats(const QGemmPanel& panel, float* y, size_t stride) {
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  for_each_row(panel, [&](size_t m, v128_t low, v128_t high) {
    float row[kQGemmCols];
    wasm_v128_store(row, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(low), multiplier0));
    wasm_v128_store(row + 4, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(high), multiplier1));
    std::memcpy(y + m * stride, row, panel.cols * sizeof(float));
  });
}

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c2__simd128 = {
    "qx8_qc8w_gemm_4x8c2__simd128", Isa::kSimd128, pack_rows, to_bytes, to_floats};

}  // namespace octavo
