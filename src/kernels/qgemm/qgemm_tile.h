// What the vector variants share: transposing rows into tiles, and what becomes of accumulators.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernels/qgemm/qgemm.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

// Up to four groups of each of four rows -> as many vectors, one a group, rows side by side;
// `stride` bytes lie between groups.
inline void store_transposed(const v128_t row[4], size_t groups, uint8_t* packed, size_t stride) {
  const v128_t ab_low = wasm_i32x4_shuffle(row[0], row[1], 0, 4, 1, 5);
  const v128_t ab_high = wasm_i32x4_shuffle(row[0], row[1], 2, 6, 3, 7);
  const v128_t cd_low = wasm_i32x4_shuffle(row[2], row[3], 0, 4, 1, 5);
  const v128_t cd_high = wasm_i32x4_shuffle(row[2], row[3], 2, 6, 3, 7);
  wasm_v128_store(packed, wasm_i64x2_shuffle(ab_low, cd_low, 0, 2));
  if (groups > 1) wasm_v128_store(packed + stride, wasm_i64x2_shuffle(ab_low, cd_low, 1, 3));
  if (groups > 2) wasm_v128_store(packed + 2 * stride, wasm_i64x2_shuffle(ab_high, cd_high, 0, 2));
  if (groups > 3) wasm_v128_store(packed + 3 * stride, wasm_i64x2_shuffle(ab_high, cd_high, 1, 3));
}

// Four groups at a time, as Pack::vectors makes them; the last of a piece, where no more than the
// piece can be read, one by one.
template <typename Pack>
void pack_tile(const QGemmRows& rows, bool is_signed, uint8_t* packed) {
  constexpr size_t kRows = Pack::kTileRows, kTileBytes = kRows * kGroupBytes;
  const Pack pack(is_signed);
  const size_t k = rows.k, whole = k / Pack::kVector * Pack::kVector;
  const size_t rest_groups = (k - whole + Pack::kDepth - 1) / Pack::kDepth;
  const uint8_t* x[kRows];
  for (size_t m = 0; m < kRows; ++m) x[m] = rows.x[std::min(m, rows.count - 1)];
  for (size_t piece = 0;;) {
    for (size_t at = 0; at < whole; at += Pack::kVector, packed += 4 * kTileBytes) {
      pack.vectors(x, at, 4, packed);
    }
    if (rest_groups > 0 && rows.beyond) {
      pack.vectors(x, whole, rest_groups, packed);
    } else {
      uint8_t* group = packed;
      for (size_t at = whole; at < k; at += Pack::kDepth) {
        for (size_t m = 0; m < kRows; ++m, group += kGroupBytes)
          pack.group(x[m] + at, k - at, group);
      }
    }
    packed += rest_groups * kTileBytes;
    if (++piece == rows.pieces) return;
    for (size_t m = 0; m < kRows; ++m) x[m] += rows.step[std::min(m, rows.count - 1)];
  }
}

// The accumulators of a tile: rows x 8 columns.
template <size_t kRows>
struct Tile {
  v128_t acc[kRows][2];
};

// One row, in four sums that do not wait for each other.
template <typename Multiply>
inline Tile<1> multiply_row(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                            v128_t bias1) {
  constexpr size_t kTileBytes = Multiply::kTileRows * kGroupBytes;
  const v128_t zero = wasm_i32x4_splat(0);
  v128_t a0 = bias0, a1 = bias1, b0 = zero, b1 = zero, c0 = zero, c1 = zero, d0 = zero, d1 = zero;
  const auto add = [&](v128_t& acc0, v128_t& acc1, size_t g) {
    const v128_t splat = Multiply::splat(x + g * kTileBytes);
    acc0 = Multiply::add(acc0, wasm_v128_load(w + g * kQGemmPanelBytes), splat);
    acc1 = Multiply::add(acc1, wasm_v128_load(w + g * kQGemmPanelBytes + 16), splat);
  };
  for (; groups >= 4; groups -= 4, x += 4 * kTileBytes, w += 4 * kQGemmPanelBytes) {
    add(a0, a1, 0);
    add(b0, b1, 1);
    add(c0, c1, 2);
    add(d0, d1, 3);
  }
  for (; groups > 0; --groups, x += kTileBytes, w += kQGemmPanelBytes) add(a0, a1, 0);
  return {{{wasm_i32x4_add(wasm_i32x4_add(a0, b0), wasm_i32x4_add(c0, d0)),
            wasm_i32x4_add(wasm_i32x4_add(a1, b1), wasm_i32x4_add(c1, d1))}}};
}

// The same address, which the compiler takes for another: what it reads there it reads anew for
// every tile, rather than holding it in registers that the accumulators need.
template <typename T>
inline const T* anew(const T* address) {
  asm("" : "+r"(address));
  return address;
}

// store(row, tile) gets the finished accumulators of y's rows from `row` on. Multiply::tile makes
// those of kTileRows rows.
template <typename Multiply, typename Store>
inline void for_each_tile(const QGemmPanel& panel, Store store) {
  constexpr size_t kRows = Multiply::kTileRows;
  const uint8_t* x = panel.x;
  size_t m = 0;
  for (; m + 1 < panel.rows; m += kRows, x += panel.groups * kRows * kGroupBytes) {
    const int32_t* bias = anew(panel.bias);
    store(m,
          Multiply::tile(panel.groups, x, panel.w, wasm_v128_load(bias), wasm_v128_load(bias + 4)));
  }
  if (m < panel.rows) {
    store(m, multiply_row<Multiply>(panel.groups, x, panel.w, wasm_v128_load(panel.bias),
                                    wasm_v128_load(panel.bias + 4)));
  }
}

template <typename Multiply, bool kClamp>
void to_bytes_of(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  const RequantSimd<kClamp> constants(out);
  const bool whole_columns = panel.cols == kQGemmCols;
  for_each_tile<Multiply>(panel, [&]<size_t kRows>(size_t m, const Tile<kRows>& tile) {
    const RequantSimd<kClamp>& requant = *anew(&constants);
    const float* multiplier = anew(panel.multiplier);
    const v128_t multiplier0 = wasm_v128_load(multiplier);
    const v128_t multiplier1 = wasm_v128_load(multiplier + 4);
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

template <typename Multiply, bool kAdd>
void to_floats_of(const QGemmPanel& panel, float* y, size_t stride) {
  const bool whole_columns = panel.cols == kQGemmCols;
  for_each_tile<Multiply>(panel, [&]<size_t kRows>(size_t m, const Tile<kRows>& tile) {
    const QGemmPanel& of = *anew(&panel);
    const auto finished = [&of](v128_t acc, size_t column) {
      const v128_t multiplier = wasm_v128_load(of.multiplier + column);
      const v128_t product = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(acc), multiplier);
      if constexpr (!kAdd) return product;
      return wasm_f32x4_add(product, wasm_v128_load(of.addend + column));
    };
    for (size_t i = 0; i < kRows && m + i < panel.rows; ++i) {
      float* to = y + (m + i) * stride;
      float some[kQGemmCols];
      float* row = whole_columns ? to : some;
      wasm_v128_store(row, finished(tile.acc[i][0], 0));
      wasm_v128_store(row + 4, finished(tile.acc[i][1], 4));
      if (!whole_columns) std::memcpy(to, some, panel.cols * sizeof(float));
    }
  });
}

template <typename Multiply>
void to_floats(const QGemmPanel& panel, float* y, size_t stride) {
  (panel.addend ? to_floats_of<Multiply, true> : to_floats_of<Multiply, false>)(panel, y, stride);
}

}  // namespace
}  // namespace octavo
