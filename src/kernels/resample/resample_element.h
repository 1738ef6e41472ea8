// One byte: the whole of the plain kernel, and what others leave over.
#pragma once

#include <algorithm>

#include "kernels/resample/resample.h"

namespace octavo {

// Taps lie `step` bytes apart.
inline uint8_t resample_element(const uint8_t* x, size_t step, const int32_t* weight, size_t each) {
  int32_t sum = 1 << (kResampleBits - 1);
  for (size_t t = 0; t < each; ++t) sum += x[t * step] * weight[t];
  return static_cast<uint8_t>(std::clamp(sum >> kResampleBits, 0, 255));
}

}  // namespace octavo
