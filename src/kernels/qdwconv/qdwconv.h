// Depthwise convolution of 8-bit numbers, a line of y at a time.
//
//   acc[p][c] = bias[c] + sum over i, j of x[i][first + p * stride + j * dilation][c] * w[c][i][j]
//   y[p][c]   = requantize(acc[p][c], multiplier[c])            8 bits, or
//   y[p][c]   = float(acc[p][c]) * multiplier[c] + addend[c]    float, each step rounded
//
// acc is int32, modulo 2^32. // x[i] is the line (in, channels) that row i of the kernel sees.
// Pixels outside 0..in-1 are padding and hold the byte `zero`, as lines in the padding must. As in
// qgemm.h the bias holds -zx * sum w, w is the weight minus its zero point, and some variants add
// 128 to x or take it away.
//
// Vector variants bring what a column of the kernel sees side by side once, for all pixels that see
// it. Packed w: [blocks of 8 channels][columns][groups][8 channels][4 bytes], a group being 2 rows
// as int16 or 4 as bytes; zeros fill up channels and rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"
#include "kernels/packed_weights.h"
#include "kernels/requant.h"

namespace octavo {

constexpr size_t kQDwConvChannels = 8;  // of a block
constexpr size_t kQDwConvGroupBytes = kQDwConvChannels * kGroupBytes;

struct QDwConvKernel;

struct QDwConvWeights {
  const QDwConvKernel* kernel = nullptr;
  size_t channels = 0, rows = 0, columns = 0;
  size_t groups = 0;          // of a column
  PackedWeights packed;       // false where there was no memory for it
  std::vector<int32_t> bias;  // filled up to whole blocks, as multiplier is
  std::vector<float> multiplier;
  bool stays_small = true;  // see requant.h

  size_t blocks() const { return (channels + kQDwConvChannels - 1) / kQDwConvChannels; }
  size_t block_bytes() const { return columns * groups * kQDwConvGroupBytes; }
};

struct QDwConvLine {
  const uint8_t* const* x;  // [rows]
  int64_t in, first;
  size_t stride, dilation;
  size_t pixels;  // of y
  bool is_signed;
  uint8_t zero;

  // Columns of x from the first that is seen to the last.
  size_t span(size_t columns) const { return (pixels - 1) * stride + (columns - 1) * dilation + 1; }
};

// What floats are made with: bias and multiplier that are known when running only, in place of the
// weights' own. All are filled up to whole blocks.
struct QDwConvFloats {
  const int32_t* bias;
  const float* multiplier;
  const float* addend;
};

struct QDwConvKernel {
  const char* name;
  Isa isa;
  size_t depth;                         // rows of a group, 2 or 4
  int32_t (*x_offset)(bool is_signed);  // what it adds to every x
  // `scratch` has qdwconv_scratch_bytes; y is (pixels, channels).
  void (*to_bytes)(const QDwConvLine& line, const QDwConvWeights& weights, const Requant& out,
                   uint8_t* scratch, uint8_t* y);
  void (*to_floats)(const QDwConvLine& line, const QDwConvWeights& weights,
                    const QDwConvFloats& out, uint8_t* scratch, float* y);
};

inline uint64_t qdwconv_scratch_bytes(const QDwConvLine& line, const QDwConvWeights& weights) {
  return uint64_t{line.span(weights.columns)} * weights.groups * kQDwConvGroupBytes;
}

std::span<const QDwConvKernel* const> qdwconv_kernels();

struct QDwConvWeightsSource {
  size_t channels, rows, columns;
  const uint8_t* w;  // (channels, rows, columns)
  bool is_signed;
  const int32_t* zero_point;  // [channels]
  const int32_t* bias;        // [channels], or null
  const float* multiplier;    // [channels]
  bool x_signed;
  int32_t x_zero_point;
};
// For the best kernel of `isa` or less that takes these weights' numbers.
QDwConvWeights pack_weights(const QDwConvWeightsSource& source, Isa isa);
QDwConvWeights pack_weights(const QDwConvWeightsSource& source, const QDwConvKernel& kernel);
bool takes(const QDwConvKernel& kernel, const QDwConvWeightsSource& source);

}  // namespace octavo
