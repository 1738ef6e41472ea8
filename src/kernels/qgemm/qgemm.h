// Matrix product of 8-bit numbers, the heart of QLinearConv and QLinearGemm.
//
//   acc[m][n] = bias[n] + sum over k of x[m][k] * w[n][k]        int32, modulo 2^32
//   y[m][n]   = requantize(acc[m][n], multiplier[n])             8 bits, or
//   y[m][n]   = float(acc[m][n]) * multiplier[n]                 float
//
// x is the raw byte (0..255 or -128..127) as int16, w the weight minus its zero point as int16; the
// zero point of x is in the bias: sum (x - zx) * w = sum x * w - zx * sum w, exactly, modulo 2^32.
// |x|, |w| <= 255, so a pair of products is below 2^17 and a true sum below 2^31 for k <= 33025;
// beyond that every variant wraps alike.
//
// Packed x: int16 [rows/4][k/2][4][2]; packed w: int16 [n/8][k/2][8][2]; zeros fill up k and n,
// the last row is repeated where rows are no multiple of 4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"
#include "kernels/packed_weights.h"
#include "kernels/requant.h"

namespace octavo {

constexpr size_t kQGemmRows = 4;   // MR
constexpr size_t kQGemmCols = 8;   // NR
constexpr size_t kQGemmDepth = 2;  // KR

// One panel of 8 columns against `rows` packed rows. Reads whole tiles of x and a whole panel of w,
// bias and multiplier; writes rows x cols elements only, cols <= 8, at y + m * stride.
struct QGemmPanel {
  size_t rows, cols, k_pairs;
  const int16_t* x;
  const int16_t* w;
  const int32_t* bias;      // [8]
  const float* multiplier;  // [8]
};

struct QGemmKernel {
  const char* name;
  Isa isa;
  // Up to 4 rows of k bytes each into one packed tile; reads k bytes a row, no more.
  void (*pack_rows)(size_t rows, size_t k, const uint8_t* const* x, bool is_signed,
                    int16_t* packed);
  void (*to_bytes)(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride);
  void (*to_floats)(const QGemmPanel& panel, float* y, size_t stride);
};

std::span<const QGemmKernel* const> qgemm_kernels();
const QGemmKernel& qgemm_kernel(Isa isa);

// Weights ready for the kernels. Columns (output channels) fill up to 8 with zeros. `packed` is
// false where there was no memory for it.
struct QGemmWeights {
  size_t n = 0, k = 0;
  PackedWeights packed;
  std::vector<int32_t> bias;
  std::vector<float> multiplier;

  size_t k_pairs() const { return (k + kQGemmDepth - 1) / kQGemmDepth; }
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
  int32_t x_zero_point;
};
QGemmWeights pack_weights(const QGemmWeightsSource& source);

}  // namespace octavo
