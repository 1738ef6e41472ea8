// exp, log, tanh and the like from adds, multiplies and divides alone, in one order, so that every
// machine computes the same bits. libm does not promise that: natively and in wasm it differs.
//
// The hot ones (exp, log, tanh, sigmoid, erf) have no branches, and so a twin on vectors,
// kernels/elementwise/real_math_simd128.h, that gives the same bits. Polynomials are minimax fits
// for relative error, made for this file (Lawson's reweighted least squares in double). The largest
// errors, over all tested points, stand beside the functions.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace octavo {

namespace real_math {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// 2^n for n in -126..127.
inline float power_of_two(int32_t n) {
  return std::bit_cast<float>(static_cast<uint32_t>(n + 127) << 23);
}

// Adding 1.5 * 2^23 leaves the nearest integer in the low bits of the sum: a rounding that needs no
// conversion, so nothing can trap or saturate.
constexpr float kRoundingShift = 0x1.8p23f;

// Coefficients, the highest power first. In memory, not in the code: one instruction loads a number
// into all of a vector, where engines put a constant vector together from several.
extern const float kExp[6];
extern const float kTanh[5];
extern const float kErfBelow1[7];
extern const float kLogErfc[8];

template <size_t kCount>
inline float polynomial(const float (&coefficients)[kCount], float x) {
  float p = coefficients[0];
  for (size_t i = 1; i < kCount; ++i) p = p * x + coefficients[i];
  return p;
}

}  // namespace real_math

// 1 ulp. x = k ln2 + r, |r| <= ln2 / 2 with ln2 in two parts (Cody and Waite), e^r by polynomial.
inline float real_exp(float x) {
  using namespace real_math;
  const float at_most = x > 89.0f ? 89.0f : x;  // both ends are past overflow and underflow
  const float clamped = at_most < -104.0f ? -104.0f : at_most;
  const float shifted = clamped * 0x1.715476p0f + kRoundingShift;  // 1 / ln2
  const float k = shifted - kRoundingShift;
  const float r = (clamped - k * 0.693359375f) - k * -2.12194440e-4f;
  const float e = (polynomial(kExp, r) * (r * r) + r) + 1.0f;
  // In two steps: 2^k alone may overflow where the product does not, and the last one rounds once
  // into the denormals.
  const int32_t n = static_cast<int32_t>(std::bit_cast<uint32_t>(shifted) -
                                         std::bit_cast<uint32_t>(kRoundingShift));
  return e * power_of_two(n >> 1) * power_of_two(n - (n >> 1));
}

// 1 ulp. x = 2^k (1 + f), then log(1 + f) = 2 atanh(s) with s = f / (2 + f), as in fdlibm.
inline float real_log(float x) {
  using namespace real_math;
  const bool denormal = x < 0x1p-126f;
  const float scaled = denormal ? x * 0x1p23f : x;
  const uint32_t bits = std::bit_cast<uint32_t>(scaled);
  const int32_t exponent = static_cast<int32_t>(bits - 0x3f3504f3u) >> 23;  // around sqrt(1/2)
  const float f = std::bit_cast<float>(bits - (static_cast<uint32_t>(exponent) << 23)) - 1.0f;
  const float k = static_cast<float>(exponent) - (denormal ? 23.0f : 0.0f);
  const float s = f / (2.0f + f);
  const float z = s * s;
  float p = 0.235849828f;
  p = p * z + 0.285371691f;
  p = p * z + 0.400003374f;
  p = p * z + 0.666666627f;
  const float half_square = 0.5f * f * f;
  const float tail = s * (half_square + z * p) + k * 9.0580006145e-6f;
  const float finite = k * 0.69313812256f - ((half_square - tail) - f);
  const float positive = x < kInfinity ? finite : x;  // infinity and NaN
  return x > 0.0f ? positive : (x == 0.0f ? -kInfinity : kNan);
}

// log(1 + x) without losing small x: the error of 1 + x is divided out (Kahan). 3 ulp.
inline float real_log1p(float x) {
  const float u = 1.0f + x;
  const float lost = u - 1.0f;
  return lost == 0.0f || !(u < real_math::kInfinity) ? (lost == 0.0f ? x : u)
                                                     : real_log(u) * (x / lost);
}

// 2 ulp.
inline float real_tanh(float x) {
  using namespace real_math;
  const float a = std::fabs(x);
  const float z = x * x;
  const float small = a + a * (z * polynomial(kTanh, z));
  const float large = 1.0f - 2.0f / (real_exp(2.0f * a) + 1.0f);
  return std::copysign(a < 0.625f ? small : large, x);
}

// 3 ulp, also where the result is tiny: e^-|x| never overflows.
inline float real_sigmoid(float x) {
  const float e = real_exp(x < 0.0f ? x : -x);
  return (x < 0.0f ? e : 1.0f) / (1.0f + e);
}

// 2 ulp. Odd polynomial below 1; above, 1 - e^p(|x|) where p fits log(erfc).
inline float real_erf(float x) {
  using namespace real_math;
  const float a = std::fabs(x);
  const float small = a + a * polynomial(kErfBelow1, x * x);
  const float t = a > 4.0f ? 4.0f : a;  // erf(4) rounds to 1
  const float large = 1.0f - real_exp(polynomial(kLogErfc, t));
  return std::copysign(a < 1.0f ? small : large, x);
}

float real_sin(float x);           // 1 ulp, any argument
float real_cos(float x);           // 1 ulp, any argument
float real_pow(float x, float y);  // 1 ulp; special cases as in C's powf

}  // namespace octavo
