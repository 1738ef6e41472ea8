// Compares with double libm at every kStride-th float there is, and at the special values.
#include "base/real_math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace octavo {
namespace {

constexpr uint32_t kStride = 20011;  // a prime: 214 thousand floats of all sizes and signs
constexpr float kInf = std::numeric_limits<float>::infinity();

// Distance in units of the last place of the true result.
double ulp_error(float got, double want) {
  const float nearest = static_cast<float>(want);
  if (std::isnan(nearest)) return std::isnan(got) ? 0 : kInf;
  if (std::isinf(nearest) || std::isinf(got)) return got == nearest ? 0 : kInf;
  int exponent;
  std::frexp(want, &exponent);
  const double unit = std::ldexp(1.0, std::max(exponent - 24, -149));
  return std::fabs(static_cast<double>(got) - want) / unit;
}

struct Case {
  const char* name;
  float (*ours)(float);
  double (*theirs)(double);
  double max_ulp;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

const Case kCases[] = {
    {"exp", real_exp, std::exp, 1.0},        {"log", real_log, std::log, 1.0},
    {"log1p", real_log1p, std::log1p, 3.0},  {"tanh", real_tanh, std::tanh, 2.0},
    {"sigmoid", real_sigmoid, sigmoid, 3.0}, {"erf", real_erf, std::erf, 2.0},
    {"sin", real_sin, std::sin, 1.0},        {"cos", real_cos, std::cos, 1.0},
};

TEST(RealMath, StaysWithinItsPromisedUlpsOverAllFloats) {
  for (const Case& c : kCases) {
    double worst = 0;
    float where = 0;
    const auto look_at = [&](float x) {
      const double error = ulp_error(c.ours(x), c.theirs(static_cast<double>(x)));
      if (error > worst) worst = error, where = x;
    };
    for (uint64_t bits = 0; bits <= 0xffffffffu; bits += kStride) {
      look_at(std::bit_cast<float>(static_cast<uint32_t>(bits)));
    }
    for (float x : {0.0f, -0.0f, kInf, -kInf, NAN, 88.72f, 88.73f, -87.3f, -103.9f, -104.1f, -150.f,
                    1.0f, -1.0f, 0.625f, 4.0f, 0x1p25f, 0x1.fffffep127f, 0x1p-126f, 0x1p-149f}) {
      look_at(x);
    }
    for (int i = -200000; i <= 200000; ++i) look_at(static_cast<float>(i) * 1e-4f);
    RecordProperty(c.name, std::to_string(worst));
    EXPECT_LE(worst, c.max_ulp) << c.name << " at " << where;
  }
}

TEST(RealMath, KeepsTheSignOfZero) {
  for (auto f : {real_tanh, real_erf, real_sin}) {
    EXPECT_TRUE(std::signbit(f(-0.0f)));
    EXPECT_FALSE(std::signbit(f(0.0f)));
  }
}

TEST(RealMath, PowStaysWithinOneUlp) {
  double worst = 0;
  uint32_t state = 1;
  const auto random_float = [&] {
    state = state * 1664525u + 1013904223u;
    return std::bit_cast<float>(state);
  };
  for (int i = 0; i < 300000; ++i) {
    const float x = random_float();
    // Half of the exponents are small, so that results are neither 0 nor infinite.
    const float y = i % 2 ? random_float() : std::remainder(random_float(), 8.0f);
    worst = std::max(worst, ulp_error(real_pow(x, y), std::pow(double{x}, double{y})));
  }
  EXPECT_LE(worst, 1.0);
}

TEST(RealMath, PowHasTheSpecialCasesOfC) {
  const float values[] = {0.0f, -0.0f, 1.0f, -1.0f, 0.5f, -0.5f, 2.0f, -2.0f,
                          3.0f, -3.0f, 2.5f, -2.5f, kInf, -kInf, NAN,  0x1p30f};
  for (float x : values) {
    for (float y : values) {
      const float got = real_pow(x, y);
      const auto want = static_cast<float>(std::pow(double{x}, double{y}));
      EXPECT_TRUE(std::bit_cast<uint32_t>(got) == std::bit_cast<uint32_t>(want) ||
                  (std::isnan(got) && std::isnan(want)))
          << x << " ^ " << y << " = " << got << ", not " << want;
    }
  }
}

}  // namespace
}  // namespace octavo
