// One channel of one pixel, groups of two: the whole of the plain kernel, and the last few channels
// of another.
#pragma once

#include "kernels/qdwconv/qdwconv.h"

namespace octavo {

// `at`: of the channel's byte, behind where x points.
inline uint8_t qdwconv_channel(const uint8_t* const* x, size_t at, bool is_signed,
                               const QDwConvWeights& weights, const Requant& out, size_t c) {
  const size_t block = weights.kernel->block;
  const uint8_t* w =
      weights.packed.data() + (c / block * weights.groups() * block + c % block) * kGroupBytes;
  uint32_t acc = static_cast<uint32_t>(weights.bias[c]);
  for (size_t t = 0; t < weights.taps; ++t) {
    const int32_t product =
        widen(x[t][at], is_signed) * load_from_pair(w + t / 2 * block * kGroupBytes, t % 2);
    acc += static_cast<uint32_t>(product);  // |product| <= 255 * 255; the sum is modulo 2^32
  }
  return requantize_byte(static_cast<int32_t>(acc), weights.multiplier[c], out);
}

}  // namespace octavo
