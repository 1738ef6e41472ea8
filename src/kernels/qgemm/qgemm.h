// Matrix product of 8-bit numbers, the heart of QLinearConv and QLinearGemm.
//
//   acc[m][n] = bias[n] + sum over k of x[m][k] * w[n][k]        int32, modulo 2^32
//   y[m][n]   = requantize(acc[m][n], multiplier[n])             8 bits, or
//   y[m][n]   = float(acc[m][n]) * multiplier[n] + addend[n]     float, each step rounded; the
//                                                                addend may be left out
//
// x is the raw byte (0..255 or -128..127), in some variants with 128 added or taken away; w is the
// weight minus its zero point. The zero point of x is in the bias: sum (x - zx) * w = sum x * w -
// zx
// * sum w, exactly, modulo 2^32. |x|, |w| <= 255, so a true sum is below 2^31 for k <= 33025;
// beyond that every variant wraps alike.
//
// A group (packed_weights.h) is 2 numbers of k as int16, or 4 as bytes; k may lie in pieces of
// equal length that begin with a group each. Packed x: [tiles][groups][rows of a tile]; packed w:
// [n/8][groups][8 columns], where zeros fill up pieces and n. Rows that fill no tile repeat the
// last; what fills up their pieces is anything.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"
#include "kernels/packed_weights.h"
#include "kernels/requant.h"

namespace octavo {

constexpr size_t kQGemmMostRows = 6;
constexpr size_t kQGemmBeyond = 15;                            // short of a vector
constexpr size_t kQGemmCols = 8;                               // NR
constexpr size_t kQGemmPanelBytes = kQGemmCols * kGroupBytes;  // of w, a group

// One panel of 8 columns against `rows` packed rows. Reads whole tiles of x and a whole panel of w,
// bias and multiplier; writes rows x cols elements only, cols <= 8, at y + m * stride.
struct QGemmPanel {
  size_t rows, cols, groups;
  const uint8_t* x;
  const uint8_t* w;
  const int32_t* bias;            // [8]
  const float* multiplier;        // [8]
  bool stays_small;               // see requant.h
  const float* addend = nullptr;  // [8] or null; of to_floats
};

// Rows of x for a tile, at most so many as it has.
struct QGemmRows {
  size_t count, pieces, k;           // k bytes a piece
  bool beyond;                       // whether kQGemmBeyond bytes from a piece's end can be read
  const uint8_t* x[kQGemmMostRows];  // of the first piece
  size_t step[kQGemmMostRows];       // from a piece to the next, if there is one
};

struct QGemmKernel {
  const char* name;
  Isa isa;
  size_t tile_rows;                     // MR
  size_t depth;                         // KR: numbers of k in a group, 2 or 4
  int32_t (*x_offset)(bool is_signed);  // what pack_rows adds to every x
  // Into one packed tile.
  void (*pack_rows)(const QGemmRows& rows, bool is_signed, uint8_t* packed);
  void (*to_bytes)(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride);
  void (*to_floats)(const QGemmPanel& panel, float* y, size_t stride);
};

inline size_t tile_bytes(const QGemmKernel& kernel) { return kernel.tile_rows * kGroupBytes; }

std::span<const QGemmKernel* const> qgemm_kernels();

// Weights ready for a kernel. Columns (output channels) fill up to 8 with zeros. `packed` is false
// where there was no memory for it.
struct QGemmWeights {
  const QGemmKernel* kernel = nullptr;
  size_t n = 0, k = 0, pieces = 1;
  PackedWeights packed;
  std::vector<int32_t> bias;
  std::vector<float> multiplier;
  bool stays_small = true;

  size_t piece_groups() const { return (k / pieces + kernel->depth - 1) / kernel->depth; }
  size_t groups() const { return pieces * piece_groups(); }
  size_t panels() const { return (n + kQGemmCols - 1) / kQGemmCols; }
};

struct QGemmWeightsSource {
  size_t n, k;
  // Element (i, j) at i * n_stride + j % inner * inner_stride + j / inner * outer_stride:
  // convolutions have their channels innermost in k, but not in memory.
  const uint8_t* w;
  size_t n_stride, inner, inner_stride, outer_stride;
  bool is_signed;
  const int32_t* zero_point;  // [n]
  const int32_t* bias;        // [n], or null
  const float* multiplier;    // [n]
  bool x_signed;
  int32_t x_zero_point;
  size_t pieces = 1;  // of k
};
// For the best kernel of `isa` or less whose numbers these weights are: groups of four hold int8.
QGemmWeights pack_weights(const QGemmWeightsSource& source, Isa isa);
QGemmWeights pack_weights(const QGemmWeightsSource& source, const QGemmKernel& kernel);

}  // namespace octavo
