// Weighted means of bytes in fixed point, what resizing pictures is made of.
//
//   y = clamp((half + sum over taps w[t] * x[t]) >> kResampleBits, 0, 255)    half = 1 << (bits -
//   1)
//
// Weights are 0 or more and each target's sum to at most 1.001 << kResampleBits, so that sums stay
// below 2^31. Targets have the same number of taps each: loops of one length are what processors
// foresee. Where fewer count, the others' weights are 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/isa.h"

namespace octavo {

constexpr int kResampleBits = 22;  // 32 - 8 bits of a byte - 2 of head room

struct ResampleTaps {
  size_t each = 1;              // taps of a target
  std::vector<size_t> first;    // [target] source of its first tap; the others follow it
  std::vector<int32_t> weight;  // [target][each]
};

struct ResampleKernel {
  const char* name;
  Isa isa;
  // Along a row of pixels: y [target][channels] from x [source][channels].
  void (*row)(const uint8_t* x, size_t channels, const ResampleTaps& taps, uint8_t* y);
  // Across rows, of one target: y [bytes] from `each` rows of x that lie `stride` bytes apart.
  void (*rows)(const uint8_t* x, size_t stride, const int32_t* weight, size_t each, size_t bytes,
               uint8_t* y);
};

std::span<const ResampleKernel* const> resample_kernels();
const ResampleKernel& resample_kernel(Isa isa);

}  // namespace octavo
