// Reproducible floats for kernel tests, with those that break kernels strewn in.
#pragma once

#include <cstring>
#include <vector>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {

// Every eighth is one where order, fused multiply-add or a missing clamp would show.
inline std::vector<float> float_noise(uint32_t seed, size_t count) {
  static constexpr float kExtremes[] = {0.0f,   -0.0f,       1e30f, -1e30f,
                                        1e-38f, 16777216.0f, 0.1f,  -3e7f};
  Noise noise(seed);
  std::vector<float> made(count);
  for (float& x : made) {
    x = noise.next() % 8 == 0 ? kExtremes[noise.next() % 8] : noise.real(-4.0f, 4.0f);
  }
  return made;
}

inline bool same_bytes(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace octavo
