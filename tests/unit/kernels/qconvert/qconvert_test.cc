#include "kernels/qconvert/qconvert.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace octavo {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

TEST(QConvert, RoundsHalvesToEvenSaturatesAndTakesNanForTheLowestValue) {
  // 16 values and 3 more: vector and tail.
  const std::vector<float> x = {0.25f,  0.75f,
                                1.25f,  -0.25f,
                                -0.75f, 1e30f,
                                -1e30f, kInf,
                                -kInf,  std::numeric_limits<float>::quiet_NaN(),
                                0.0f,   -0.0f,
                                63.75f, -64.25f,
                                1e-45f, 5.0f,
                                0.25f,  std::numeric_limits<float>::quiet_NaN(),
                                1e30f};
  const std::vector<int> expected = {0, 2, 2,   0,    -2, 127, -128, 127,  -128, -128,
                                     0, 0, 127, -128, 0,  10,  0,    -128, 127};
  for (const QConvertKernel* kernel : qconvert_kernels()) {
    std::vector<uint8_t> y(x.size());
    kernel->quantize(x.size(), x.data(), 0.5f, {0, -128, 127}, y.data());
    for (size_t i = 0; i < x.size(); ++i) {
      EXPECT_EQ(static_cast<int8_t>(y[i]), expected[i]) << kernel->name << ' ' << x[i];
    }
  }
}

TEST(QConvert, EveryVariantEqualsThePlainOne) {
  for (const size_t n : {0u, 1u, 15u, 16u, 17u, 100u}) {
    std::vector<float> x(n);
    for (size_t i = 0; i < n; ++i) x[i] = static_cast<float>(i * 7919 % 1000) * 0.037f - 15.0f;
    std::vector<uint8_t> ref(n), y(n);
    std::vector<float> ref_real(n), real(n);
    const QConvertKernel& plain = qconvert_kernel(Isa::kRef);
    plain.quantize(n, x.data(), 0.091f, {100, 0, 255}, ref.data());
    plain.dequantize(n, ref.data(), true, 0.091f, -5, ref_real.data());
    for (const QConvertKernel* kernel : qconvert_kernels()) {
      kernel->quantize(n, x.data(), 0.091f, {100, 0, 255}, y.data());
      kernel->dequantize(n, ref.data(), true, 0.091f, -5, real.data());
      EXPECT_EQ(y, ref) << kernel->name;
      EXPECT_EQ(real, ref_real) << kernel->name;
    }
  }
}

TEST(QConvert, RangeHoldsZeroAndPassesOverNan) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const QConvertKernel* kernel : qconvert_kernels()) {
    for (const size_t n : {0u, 1u, 15u, 16u, 17u, 40u}) {
      for (size_t at = 0; at < n; ++at) {
        std::vector<float> x(n, nan);
        x[at] = 3.0f;
        const FloatRange above = kernel->range(n, x.data());
        EXPECT_EQ(above.min, 0.0f) << kernel->name;
        EXPECT_EQ(above.max, 3.0f) << kernel->name;
        x[at] = -kInf;
        EXPECT_EQ(kernel->range(n, x.data()).min, -kInf) << kernel->name;
        x[at] = -0.0f;
        EXPECT_FALSE(std::signbit(kernel->range(n, x.data()).min)) << kernel->name;
      }
      EXPECT_EQ(kernel->range(0, nullptr).max, 0.0f);
    }
  }
}

TEST(QConvert, DynamicScaleFitsTheRange) {
  const DynamicScale both = dynamic_scale({-1.0f, 1.55f});
  EXPECT_EQ(both.scale, 2.55f / 255.0f);
  EXPECT_EQ(both.zero_point, 100);
  const DynamicScale nothing = dynamic_scale({0.0f, 0.0f});
  EXPECT_EQ(nothing.scale, 1.0f);
  EXPECT_EQ(nothing.zero_point, 0);
  EXPECT_EQ(dynamic_scale({-kInf, 0.0f}).zero_point, 0);  // infinity / infinity is NaN
  EXPECT_EQ(dynamic_scale({-1e-45f, 0.0f}).zero_point, 255);
}

TEST(QConvert, DequantizesEveryByteOfBothTypes) {
  std::vector<uint8_t> x(256);
  for (size_t i = 0; i < 256; ++i) x[i] = static_cast<uint8_t>(i);
  for (const QConvertKernel* kernel : qconvert_kernels()) {
    std::vector<float> y(256);
    kernel->dequantize(256, x.data(), false, 0.3f, 7, y.data());
    for (int i = 0; i < 256; ++i)
      EXPECT_EQ(y[static_cast<size_t>(i)], 0.3f * static_cast<float>(i - 7));
    kernel->dequantize(256, x.data(), true, 0.3f, -128, y.data());
    EXPECT_EQ(y[0x80], 0.0f);
    EXPECT_EQ(y[0x7f], 0.3f * 255.0f);
  }
}

}  // namespace
}  // namespace octavo
