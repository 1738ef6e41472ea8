#include "kernels/elementwise/unary.h"

#include <cmath>

#include "base/real_math.h"

namespace octavo {
namespace {

float clamped(float x, float least, float most) {
  const float above = x < least ? least : x;
  return above > most ? most : above;
}

float hard_sigmoid(float x, float alpha, float beta) {
  return clamped(x * alpha + beta, 0.0f, 1.0f);
}

}  // namespace

// The parameters are copied first: a compiler cannot know that y does not overwrite them.
#define OCTAVO_UNARY(name, expression)                                  \
  void name(const float* inputs, float* y, int64_t n, const float* p) { \
    [[maybe_unused]] const float p0 = p[0], p1 = p[1];                  \
    for (int64_t i = 0; i < n; ++i) {                                   \
      const float x = inputs[i];                                        \
      y[i] = expression;                                                \
    }                                                                   \
  }

// clang-format off: it takes the products for pointers
OCTAVO_UNARY(abs_f32, std::fabs(x))
OCTAVO_UNARY(ceil_f32, std::ceil(x))
OCTAVO_UNARY(clamp_f32, clamped(x, p0, p1))
OCTAVO_UNARY(cos_f32, real_cos(x))
OCTAVO_UNARY(elu_f32, x < 0.0f ? p0 * (real_exp(x) - 1.0f) : x)
OCTAVO_UNARY(floor_f32, std::floor(x))
OCTAVO_UNARY(hard_sigmoid_f32, hard_sigmoid(x, p0, p1))
OCTAVO_UNARY(hard_swish_f32, x * hard_sigmoid(x, 1.0f / 6.0f, 0.5f))
OCTAVO_UNARY(leaky_relu_f32, x < 0.0f ? p0 * x : x)
OCTAVO_UNARY(log_f32, real_log(x))
OCTAVO_UNARY(neg_f32, -x)
OCTAVO_UNARY(reciprocal_f32, 1.0f / x)
OCTAVO_UNARY(relu_f32, x < 0.0f ? 0.0f : x)
OCTAVO_UNARY(round_f32, std::nearbyint(x))
OCTAVO_UNARY(sign_f32, x > 0.0f ? 1.0f : (x < 0.0f ? -1.0f : x))  // keeps zero and NaN
OCTAVO_UNARY(sin_f32, real_sin(x))
// log(1 + e^x) without overflow
OCTAVO_UNARY(softplus_f32, (x > 0.0f ? x : 0.0f) + real_log1p(real_exp(-std::fabs(x))))
OCTAVO_UNARY(softsign_f32, x / (1.0f + std::fabs(x)))
OCTAVO_UNARY(sqrt_f32, std::sqrt(x))
// clang-format on

}  // namespace octavo
