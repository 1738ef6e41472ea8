// Depthwise convolution of 8-bit numbers on (pixels, channels) rows.
//
//   acc[p][c] = bias[c] + sum over taps t of x[p][t][c] * w[t][c]      int32, modulo 2^32
//   y[p][c]   = requantize(acc[p][c], multiplier[c])
//
// x[t] + p * step points at the `channels` bytes that tap t of pixel p sees; taps in the padding
// see bytes that hold the zero point. As in qgemm.h the bias holds -zx * sum w, w is the weight
// minus its zero point, and some variants add 128 to x or take it away.
//
// Packed w: [blocks][groups][block channels][4 bytes], a group being 2 taps as int16 or 4 as bytes;
// zeros fill up channels and taps. Where `overlaps`, the last block begins `block` channels before
// the end instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"
#include "kernels/packed_weights.h"
#include "kernels/requant.h"

namespace octavo {

struct QDwConvKernel;

struct QDwConvWeights {
  const QDwConvKernel* kernel = nullptr;
  size_t channels = 0, taps = 0;
  PackedWeights packed;       // false where there was no memory for it
  std::vector<int32_t> bias;  // filled up to whole blocks, as multiplier is
  std::vector<float> multiplier;
  bool stays_small = true;  // see requant.h

  size_t groups() const;
  size_t blocks() const;
  size_t first_channel(size_t block) const;
};

struct QDwConvKernel {
  const char* name;
  Isa isa;
  size_t block;                         // channels
  size_t depth;                         // taps of a group, 2 or 4
  bool overlaps;                        // and so wants at least `block` channels
  int32_t (*x_offset)(bool is_signed);  // what it adds to every x
  void (*run)(size_t pixels, const uint8_t* const* x, size_t step, bool is_signed,
              const QDwConvWeights& weights, const Requant& out, uint8_t* y);
};

std::span<const QDwConvKernel* const> qdwconv_kernels();

struct QDwConvWeightsSource {
  size_t channels, taps;
  const uint8_t* w;  // (channels, taps)
  bool is_signed;
  const int32_t* zero_point;  // [channels]
  const int32_t* bias;        // [channels], or null
  const float* multiplier;    // [channels]
  bool x_signed;
  int32_t x_zero_point;
};
// For the best kernel of `isa` or less that takes so many channels and these weights' numbers.
QDwConvWeights pack_weights(const QDwConvWeightsSource& source, Isa isa);
QDwConvWeights pack_weights(const QDwConvWeightsSource& source, const QDwConvKernel& kernel);
bool takes(const QDwConvKernel& kernel, const QDwConvWeightsSource& source);

}  // namespace octavo
