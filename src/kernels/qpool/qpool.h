// Pooling of 8-bit numbers: one output pixel from the `taps` input pixels that its window holds.
//
//   average: y[c] = requantize(bias + sum over taps x[t][c], multiplier)
//            with bias = -taps * zx and multiplier = s_x / (divisor * s_y)
//   maximum: y[c] = max over taps x[t][c]                    taps >= 1
//
// The sum stays below 2^31 for taps <= 8421504 (2^31 / 255); callers refuse more.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"
#include "kernels/requant.h"

namespace octavo {

constexpr size_t kQPoolMaxTaps = 8421504;

struct QPoolWindow {
  size_t taps, channels;
  const uint8_t* const* x;  // [taps], each `channels` bytes
  bool is_signed;
};

struct QPoolKernel {
  const char* name;
  Isa isa;
  void (*average)(const QPoolWindow& window, int32_t bias, float multiplier, const Requant& out,
                  uint8_t* y);
  void (*maximum)(const QPoolWindow& window, uint8_t* y);
};

std::span<const QPoolKernel* const> qpool_kernels();
const QPoolKernel& qpool_kernel(Isa isa);

}  // namespace octavo
