// How the fast variants cut a product up, so that what is used again stays in a cache. Vector is a
// few floats side by side; a tile is R rows x V vectors of the output, its sums in registers.
//
// A block of rows meets a part of the depth of one panel after the other: the part stays in the
// first-level cache while the rows pass by, the rows in the second while the panels do. Between
// parts the sums rest in c, which changes no bit of them.
//
// Each variant is compiled for processors of its own, so this calls no function that others share.
#pragma once

#include <cstring>

#include "kernels/gemm/f32_gemm.h"
#include "kernels/unrolled.h"

namespace octavo {
namespace {

constexpr size_t kPartFloats = 4 << 10;    // of panels: half of an L1 of 32 KB
constexpr size_t kBlockFloats = 24 << 10;  // of rows: half of an L2 of 256 KB
constexpr size_t kPanel = kF32GemmColumns;

size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

// Terms [from, to) of all sums.
struct F32GemmPart {
  const F32Gemm& gemm;
  size_t from, to;

  size_t panel_floats() const { return kPanel * (gemm.depth + 1); }
  bool first() const { return from == 0; }
  bool last() const { return to == gemm.depth; }
};

template <typename Vector, size_t R, size_t V>
struct F32GemmTile {
  static constexpr size_t kColumns = V * Vector::kLanes;
  Vector sums[R][V];

  template <typename Visit>  // visit(sum, row, column of its first lane)
  void for_each(Visit visit) {
    unrolled<R>(
        [&](auto m) { unrolled<V>([&](auto v) { visit(sums[m][v], m, v * Vector::kLanes); }); });
  }

  void load(const float* from, size_t stride) {
    for_each([&](Vector& sum, size_t m, size_t n) { sum = Vector::load(from + m * stride + n); });
  }
  void store(float* to, size_t stride) {
    for_each([&](Vector& sum, size_t m, size_t n) { sum.store(to + m * stride + n); });
  }

  // A tile of fewer columns passes through memory of whole ones.
  void load(const float* c, size_t stride, size_t columns) {
    if (columns == kColumns) return load(c, stride);
    float whole[R * kColumns] = {};
    for (size_t m = 0; m < R; ++m) {
      std::memcpy(whole + m * kColumns, c + m * stride, columns * sizeof(float));
    }
    load(whole, kColumns);
  }
  void store(float* c, size_t stride, size_t columns) {
    if (columns == kColumns) return store(c, stride);
    float whole[R * kColumns];
    store(whole, kColumns);
    for (size_t m = 0; m < R; ++m) {
      std::memcpy(c + m * stride, whole + m * kColumns, columns * sizeof(float));
    }
  }
};

template <typename Vector, size_t R, size_t V>
void run_tile(const F32GemmPart& part, const float* a, const float* panel, float* c,
              size_t columns) {
  const F32Gemm& gemm = part.gemm;
  const size_t panel_floats = part.panel_floats();
  const auto weights = [panel_floats](const float* from, size_t v) {  // of one k, or the bias
    const size_t column = v * Vector::kLanes;
    return Vector::load(from + column / kPanel * panel_floats + column % kPanel);
  };
  const float* rows[R];
  unrolled<R>([&](auto m) { rows[m] = a + m * gemm.a_stride + part.from; });
  F32GemmTile<Vector, R, V> tile;
  if (part.first()) {
    unrolled<R>([&](auto m) { unrolled<V>([&](auto v) { tile.sums[m][v] = weights(panel, v); }); });
  } else {
    tile.load(c, gemm.c_stride, columns);
  }
  panel += part.from * kPanel;
  for (size_t k = part.to - part.from; k > 0; --k) {
    panel += kPanel;
    Vector w[V];
    unrolled<V>([&](auto v) { w[v] = weights(panel, v); });
    unrolled<R>([&](auto m) {
      const Vector x = Vector::splat(rows[m]++);
      unrolled<V>([&](auto v) { tile.sums[m][v] = tile.sums[m][v] + x * w[v]; });
    });
  }
  if (part.last()) {
    tile.for_each([&](Vector& sum, size_t, size_t) { sum = sum.clamped(gemm.clamp); });
  }
  tile.store(c, gemm.c_stride, columns);
}

// `rows` rows, R of them at a time, and the rest.
template <typename Vector, size_t R, size_t V>
void run_rows(const F32GemmPart& part, size_t rows, const float* a, const float* panel, float* c,
              size_t columns) {
  for (; rows >= R; rows -= R, a += R * part.gemm.a_stride, c += R * part.gemm.c_stride) {
    run_tile<Vector, R, V>(part, a, panel, c, columns);
  }
  if constexpr (R > 1) {
    if (rows > 0) run_rows<Vector, R - 1, V>(part, rows, a, panel, c, columns);
  }
}

template <typename Vector, size_t R, size_t V>
void run_part(const F32GemmPart& part, size_t rows, const float* a, float* c) {
  constexpr size_t kColumns = V * Vector::kLanes;
  const float* panel = part.gemm.panels;
  for (size_t n = 0; n < part.gemm.columns; n += kColumns) {
    const size_t columns = smaller(kColumns, part.gemm.columns - n);
    if (kColumns > kPanel && columns <= kPanel) {
      run_rows<Vector, R, kPanel / Vector::kLanes>(part, rows, a, panel, c + n, columns);
    } else {
      run_rows<Vector, R, V>(part, rows, a, panel, c + n, columns);
    }
    panel += kColumns / kPanel * part.panel_floats();
  }
}

template <typename Vector, size_t R, size_t V>
void run_tiles(const F32Gemm& gemm) {
  // Panels that one tile of rows uses once stay whole: memory is read from front to back.
  constexpr size_t kPartDepth = kPartFloats / (V * Vector::kLanes);
  const size_t depth = gemm.rows > R ? smaller(gemm.depth, kPartDepth) : gemm.depth;
  const size_t fitting = kBlockFloats / (depth + 1) / R * R, block = fitting < R ? R : fitting;
  for (size_t m = 0; m < gemm.rows; m += block) {
    const size_t rows = smaller(block, gemm.rows - m);
    size_t from = 0;
    do {
      const size_t to = from + smaller(depth, gemm.depth - from);
      run_part<Vector, R, V>({gemm, from, to}, rows, gemm.a + m * gemm.a_stride,
                             gemm.c + m * gemm.c_stride);
      from = to;
    } while (from < gemm.depth);
  }
}

}  // namespace
}  // namespace octavo
