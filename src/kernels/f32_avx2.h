// Eight floats side by side, for the *_avx2.cc files alone: they are compiled for it.
#pragma once

#include <immintrin.h>

#include "kernels/gemm/f32_gemm.h"

namespace octavo {
namespace {

struct Eight {
  static constexpr size_t kLanes = 8;
  __m256 lanes;

  static Eight load(const float* from) { return {_mm256_loadu_ps(from)}; }
  static Eight splat(const float* from) { return {_mm256_broadcast_ss(from)}; }
  void store(float* to) const { _mm256_storeu_ps(to, lanes); }
  Eight operator+(Eight other) const { return {_mm256_add_ps(lanes, other.lanes)}; }
  Eight operator*(Eight other) const { return {_mm256_mul_ps(lanes, other.lanes)}; }
  // The instructions give their second operand where the first is not beyond it, or one is NaN.
  Eight clamped(F32Clamp clamp) const {
    const __m256 least = _mm256_max_ps(_mm256_set1_ps(clamp.low), lanes);
    return {_mm256_min_ps(_mm256_set1_ps(clamp.high), least)};
  }
};

}  // namespace
}  // namespace octavo
