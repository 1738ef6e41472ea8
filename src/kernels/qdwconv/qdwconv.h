// Depthwise convolution of 8-bit numbers on (pixels, channels) rows.
//
//   acc[p][c] = bias[c] + sum over taps t of x[p][t][c] * w[t][c]      int32, modulo 2^32
//   y[p][c]   = requantize(acc[p][c], multiplier[c])
//
// x[p * taps + t] points at the `channels` bytes that tap t of pixel p sees; taps in the padding
// point at bytes that hold the zero point. As in qgemm.h the bias holds -zx * sum w, and w is the
// weight minus its zero point: |x|, |w| <= 255, so no true sum reaches 2^31 below 33025 taps.
//
// Packed w: int16 [channels/8][taps/2][8][2], zeros fill up channels and taps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"
#include "kernels/packed_weights.h"
#include "kernels/requant.h"

namespace octavo {

constexpr size_t kQDwConvChannels = 8;

struct QDwConvWeights {
  size_t channels = 0, taps = 0;
  PackedWeights packed;       // false where there was no memory for it
  std::vector<int32_t> bias;  // filled up to whole blocks of 8 channels, as multiplier is
  std::vector<float> multiplier;

  size_t tap_pairs() const { return (taps + 1) / 2; }
};

struct QDwConvKernel {
  const char* name;
  Isa isa;
  void (*run)(size_t pixels, const uint8_t* const* x, bool is_signed, const QDwConvWeights& weights,
              const Requant& out, uint8_t* y);
};

std::span<const QDwConvKernel* const> qdwconv_kernels();
const QDwConvKernel& qdwconv_kernel(Isa isa);

struct QDwConvWeightsSource {
  size_t channels, taps;
  const uint8_t* w;  // (channels, taps)
  bool is_signed;
  const int32_t* zero_point;  // [channels]
  const int32_t* bias;        // [channels], or null
  const float* multiplier;    // [channels]
  int32_t x_zero_point;
};
QDwConvWeights pack_weights(const QDwConvWeightsSource& source);

}  // namespace octavo
