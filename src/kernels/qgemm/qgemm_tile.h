// What the vector variants share: transposing rows into tiles, and what becomes of accumulators.
#pragma once

#include <cstring>

#include "kernels/qgemm/qgemm.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

// Four groups of each of four rows -> four vectors, one a group, rows side by side; `stride` bytes
// lie between groups.
inline void store_transposed(const v128_t row[4], uint8_t* packed, size_t stride) {
  const v128_t ab_low = wasm_i32x4_shuffle(row[0], row[1], 0, 4, 1, 5);
  const v128_t ab_high = wasm_i32x4_shuffle(row[0], row[1], 2, 6, 3, 7);
  const v128_t cd_low = wasm_i32x4_shuffle(row[2], row[3], 0, 4, 1, 5);
  const v128_t cd_high = wasm_i32x4_shuffle(row[2], row[3], 2, 6, 3, 7);
  wasm_v128_store(packed, wasm_i64x2_shuffle(ab_low, cd_low, 0, 2));
  wasm_v128_store(packed + stride, wasm_i64x2_shuffle(ab_low, cd_low, 1, 3));
  wasm_v128_store(packed + 2 * stride, wasm_i64x2_shuffle(ab_high, cd_high, 0, 2));
  wasm_v128_store(packed + 3 * stride, wasm_i64x2_shuffle(ab_high, cd_high, 1, 3));
}

// The accumulators of a tile: rows x 8 columns.
template <size_t kRows>
struct Tile {
  v128_t acc[kRows][2];
};

// store(row, tile) gets the finished accumulators of up to kTileRows rows of y;
// Multiply::tile(groups, x, w, bias0, bias1) makes them.
template <typename Multiply, typename Store>
inline void for_each_tile(const QGemmPanel& panel, Store store) {
  constexpr size_t kRows = Multiply::kTileRows;
  const v128_t bias0 = wasm_v128_load(panel.bias);
  const v128_t bias1 = wasm_v128_load(panel.bias + 4);
  const uint8_t* x = panel.x;
  for (size_t m = 0; m < panel.rows; m += kRows, x += panel.groups * kRows * kGroupBytes) {
    store(m, Multiply::tile(panel.groups, x, panel.w, bias0, bias1));
  }
}

template <typename Multiply, bool kClamp>
void to_bytes_of(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  constexpr size_t kRows = Multiply::kTileRows;
  const RequantSimd<kClamp> requant(out);
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  const bool whole_columns = panel.cols == kQGemmCols;
  for_each_tile<Multiply>(panel, [&](size_t m, const Tile<kRows>& tile) {
    const auto row = [&](size_t i) {
      return wasm_i16x8_narrow_i32x4(requant.from_acc(tile.acc[i][0], multiplier0),
                                     requant.from_acc(tile.acc[i][1], multiplier1));
    };
    uint8_t* to = y + m * stride;
    if (whole_columns && m + kRows <= panel.rows) {
      for (size_t i = 0; i + 2 <= kRows; i += 2, to += 2 * stride) {
        const v128_t two = requant.narrowed(row(i), row(i + 1));
        wasm_v128_store64_lane(to, two, 0);
        wasm_v128_store64_lane(to + stride, two, 1);
      }
      if constexpr (kRows % 2 == 1) {
        const v128_t last = row(kRows - 1);
        wasm_v128_store64_lane(to, requant.narrowed(last, last), 0);
      }
      return;
    }
    for (size_t i = 0; i < kRows && m + i < panel.rows; ++i, to += stride) {
      uint8_t bytes[16];
      const v128_t one = row(i);
      wasm_v128_store(bytes, requant.narrowed(one, one));
      std::memcpy(to, bytes, panel.cols);
    }
  });
}

template <typename Multiply>
void to_bytes(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  const bool clamp = !panel.stays_small || !out.is_full_range();
  (clamp ? to_bytes_of<Multiply, true> : to_bytes_of<Multiply, false>)(panel, out, y, stride);
}

template <typename Multiply>
void to_floats(const QGemmPanel& panel, float* y, size_t stride) {
  const v128_t multiplier0 = wasm_v128_load(panel.multiplier);
  const v128_t multiplier1 = wasm_v128_load(panel.multiplier + 4);
  constexpr size_t kRows = Multiply::kTileRows;
  for_each_tile<Multiply>(panel, [&](size_t m, const Tile<kRows>& tile) {
    for (size_t i = 0; i < kRows && m + i < panel.rows; ++i) {
      float row[kQGemmCols];
      wasm_v128_store(row, wasm_f32x4_mul(wasm_f32x4_convert_i32x4(tile.acc[i][0]), multiplier0));
      wasm_v128_store(row + 4,
                      wasm_f32x4_mul(wasm_f32x4_convert_i32x4(tile.acc[i][1]), multiplier1));
      std::memcpy(y + (m + i) * stride, row, panel.cols * sizeof(float));
    }
  });
}

}  // namespace
}  // namespace octavo
