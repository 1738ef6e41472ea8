// What the vector variants share: transposing rows into tiles, and what becomes of accumulators.
#pragma once

#include <cstring>

#include "kernels/qgemm/qgemm.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

// Four groups of each of four rows -> four vectors, one a group, rows side by side.
inline void store_transposed(const v128_t row[4], uint8_t* packed) {
  const v128_t ab_low = wasm_i32x4_shuffle(row[0], row[1], 0, 4, 1, 5);
  const v128_t ab_high = wasm_i32x4_shuffle(row[0], row[1], 2, 6, 3, 7);
  const v128_t cd_low = wasm_i32x4_shuffle(row[2], row[3], 0, 4, 1, 5);
  const v128_t cd_high = wasm_i32x4_shuffle(row[2], row[3], 2, 6, 3, 7);
  wasm_v128_store(packed, wasm_i64x2_shuffle(ab_low, cd_low, 0, 2));
  wasm_v128_store(packed + 16, wasm_i64x2_shuffle(ab_low, cd_low, 1, 3));
  wasm_v128_store(packed + 32, wasm_i64x2_shuffle(ab_high, cd_high, 0, 2));
  wasm_v128_store(packed + 48, wasm_i64x2_shuffle(ab_high, cd_high, 1, 3));
}

// The accumulators of a tile: 4 rows x 8 columns.
struct Tile {
  v128_t acc[4][2];
};

// store(row, low, high) gets the finished accumulators of one row of y; Multiply::tile(groups, x, w,
// bias0, bias1) makes those of a tile.
template <typename Multiply, typename Store>
inline void for_each_row(const QGemmPanel& panel, Store store) {
  const v128_t bias0 = wasm_v128_load(panel.bias);
  const v128_t bias1 = wasm_v128_load(panel.bias + 4);
  const uint8_t* x = panel.x;
  for (size_t m = 0; m < panel.rows; m += kQGemmRows, x += panel.groups * kQGemmTileBytes) {
    const Tile tile = Multiply::tile(panel.groups, x, panel.w, bias0, bias1);
    store(m, tile.acc[0][0], tile.acc[0][1]);
    if (m + 1 < panel.rows) store(m + 1, tile.acc[1][0], tile.acc[1][1]);
    if (m + 2 < panel.rows) store(m + 2, tile.acc[2][0], tile.acc[2][1]);
    if (m + 3 < panel.rows) store(m + 3, tile.acc[3][0], tile.acc[3][1]);
  }
}

template <typename Multiply>
void to_bytes(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  const RequantSimd requant(out);
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  for_each_row<Multiply>(panel, [&](size_t m, v128_t low, v128_t high) {
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

template <typename Multiply>
void to_floats(const QGemmPanel& panel, float* y, size_t stride) {
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  for_each_row<Multiply>(panel, [&](size_t m, v128_t low, v128_t high) {
    float row[kQGemmCols];
    wasm_v128_store(row, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(low), multiplier0));
    wasm_v128_store(row + 4, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(high), multiplier1));
    std::memcpy(y + m * stride, row, panel.cols * sizeof(float));
  });
}

}  // namespace
}  // namespace octavo
