// Functions on vectors against their plain twins in base/real_math.h.
#include "kernels/elementwise/unary.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "base/real_math.h"
#include "kernels/softmax/softmax.h"
#include "tests/unit/kernels/float_noise.h"

namespace octavo {
namespace {

float gelu(float x) { return 0.5f * x * (1.0f + real_erf(x * 0.70710678f)); }
float gelu_tanh(float x) {
  return 0.5f * x * (1.0f + real_tanh(0.79788456f * (x + 0.044715f * (x * x * x))));
}

struct Case {
  const char* name;
  UnaryF32 row;
  float (*plain)(float);
};
constexpr Case kCases[] = {{"erf", erf_f32, real_erf},
                           {"exp", exp_f32, real_exp},
                           {"gelu", gelu_f32, gelu},
                           {"gelu_tanh", gelu_tanh_f32, gelu_tanh},
                           {"sigmoid", sigmoid_f32, real_sigmoid},
                           {"tanh", tanh_f32, real_tanh}};

bool same(float a, float b) {
  return std::bit_cast<uint32_t>(a) == std::bit_cast<uint32_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

TEST(Unary, VectorsGiveTheBitsOfThePlainFunctions) {
  constexpr float kParameters[2] = {};
  constexpr size_t kPiece = 4096;
  std::vector<float> x(kPiece), y(kPiece);
  for (const Case& c : kCases) {
    uint32_t bits = 0;  // 16 million of all floats: NaN, infinities and denormals among them
    for (int piece = 0; piece < 4096; ++piece) {
      for (float& one : x) {
        one = std::bit_cast<float>(bits);
        bits += 257;
      }
      c.row(x.data(), y.data(), kPiece, kParameters);
      for (size_t i = 0; i < kPiece; ++i) {
        ASSERT_TRUE(same(y[i], c.plain(x[i]))) << c.name << " of " << x[i];
      }
    }
  }
}

TEST(Unary, RowsOfAnyLengthStayWithinThemselves) {
  constexpr float kParameters[2] = {};
  for (const Case& c : kCases) {
    for (int64_t n = 0; n < 20; ++n) {
      std::vector<float> row = float_noise(static_cast<uint32_t>(n), static_cast<size_t>(n) + 1);
      const std::vector<float> x = row;
      c.row(row.data(), row.data(), n, kParameters);  // in place
      for (size_t i = 0; i < static_cast<size_t>(n); ++i) {
        EXPECT_TRUE(same(row[i], c.plain(x[i]))) << c.name;
      }
      EXPECT_TRUE(same(row.back(), x.back())) << c.name;
    }
  }
}

TEST(Unary, ExpOfADifferenceIsThatOfSoftmax) {
  const std::vector<float> x = {-1, 0, 2.5f, 1000};
  std::vector<float> y(4);
  exp_minus_f32(x.data(), y.data(), 4, 2.5f);
  for (size_t i = 0; i < 4; ++i) EXPECT_TRUE(same(y[i], real_exp(x[i] - 2.5f)));
}

}  // namespace
}  // namespace octavo
