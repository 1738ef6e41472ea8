#include "kernels/reduce/reduce.h"

#include <cmath>
#include <limits>

namespace octavo {
namespace {

// f(partial, i) folds element i; combine(a, b) joins partial results. kLanes is a power of two.
template <int kLanes, typename Fold, typename Combine>
float reduce(int64_t n, float start, Fold fold, Combine combine) {
  float partial[kLanes];
  for (float& lane : partial) lane = start;
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int lane = 0; lane < kLanes; ++lane) partial[lane] = fold(partial[lane], i + lane);
  }
  for (int lane = 0; i < n; ++i, ++lane) partial[lane] = fold(partial[lane], i);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int lane = 0; lane < half; ++lane) {
      partial[lane] = combine(partial[lane], partial[lane + half]);
    }
  }
  return partial[0];
}

float add(float a, float b) { return a + b; }
float larger(float a, float b) { return a > b || a != a ? a : b; }
float smaller(float a, float b) { return a < b || a != a ? a : b; }

constexpr float kInfinity = std::numeric_limits<float>::infinity();

}  // namespace

float sum_f32(const float* x, int64_t n) {
  return reduce<4>(n, 0.0f, [x](float s, int64_t i) { return s + x[i]; }, add);
}

float sum_abs_f32(const float* x, int64_t n) {
  return reduce<4>(n, 0.0f, [x](float s, int64_t i) { return s + std::fabs(x[i]); }, add);
}

float sum_squared_distance_f32(const float* x, int64_t n, float centre) {
  const auto fold = [x, centre](float s, int64_t i) {
    const float d = x[i] - centre;
    return s + d * d;
  };
  return reduce<4>(n, 0.0f, fold, add);
}

float max_f32(const float* x, int64_t n) {
  return reduce<4>(n, -kInfinity, [x](float s, int64_t i) { return larger(s, x[i]); }, larger);
}

float min_f32(const float* x, int64_t n) {
  return reduce<4>(n, kInfinity, [x](float s, int64_t i) { return smaller(s, x[i]); }, smaller);
}

float dot_f32(const float* a, const float* b, int64_t n) {
  return reduce<8>(n, 0.0f, [a, b](float s, int64_t i) { return s + a[i] * b[i]; }, add);
}

}  // namespace octavo
