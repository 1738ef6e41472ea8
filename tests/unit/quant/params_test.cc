#include "quant/params.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/rounding.h"

namespace octavo {
namespace {

TEST(ActivationParams, RangeIsSpreadOverAllIntegers) {
  const QuantParams params = activation_params({-1, 3}, DType::kUint8);
  EXPECT_EQ(params.scale, std::vector<float>{static_cast<float>(4.0 / 255)});
  EXPECT_EQ(params.zero_point, std::vector<int32_t>{64});  // 63.75
  EXPECT_EQ(params.qmin, 0);
  EXPECT_EQ(params.qmax, 255);
}

TEST(ActivationParams, Int8IsTheSameMovedDown) {
  const QuantParams params = activation_params({-1, 3}, DType::kInt8);
  EXPECT_EQ(params.scale, std::vector<float>{static_cast<float>(4.0 / 255)});
  EXPECT_EQ(params.zero_point, std::vector<int32_t>{64 - 128});
  EXPECT_EQ(params.qmin, -128);
}

TEST(ActivationParams, RangeIsWidenedToContainZero) {
  EXPECT_EQ(activation_params({2, 5.1f}, DType::kUint8),
            activation_params({0, 5.1f}, DType::kUint8));
  EXPECT_EQ(activation_params({2, 5.1f}, DType::kUint8).zero_point[0], 0);
  EXPECT_EQ(activation_params({-5.1f, -2}, DType::kUint8).zero_point[0], 255);
}

TEST(ActivationParams, ZeroPointOfATieIsEven) {
  EXPECT_EQ(activation_params({-0.5f, 254.5f}, DType::kUint8).zero_point[0], 0);
  EXPECT_EQ(activation_params({-1.5f, 253.5f}, DType::kUint8).zero_point[0], 2);
  EXPECT_EQ(activation_params({-2.5f, 252.5f}, DType::kUint8).zero_point[0], 2);
}

TEST(ActivationParams, RangeOfNothingHasScaleOne) {
  for (Range range : {Range{0, 0}, Range{-1e-30f, 1e-30f}}) {
    const QuantParams params = activation_params(range, DType::kUint8);
    EXPECT_EQ(params.scale[0], 1);
    EXPECT_EQ(params.zero_point[0], 0);
  }
}

TEST(ActivationParams, LargestFloatsStayFinite) {
  constexpr float kMax = std::numeric_limits<float>::max();
  const QuantParams params = activation_params({-kMax, kMax}, DType::kUint8);
  EXPECT_GT(params.scale[0], 2.6e36f);
  EXPECT_EQ(params.zero_point[0], 128);
}

TEST(ActivationParams, ZeroIsExact) {
  for (float low : {-0.1f, -0.37f, -11.3f}) {
    const QuantParams p = activation_params({low, 2.9f}, DType::kUint8);
    const int32_t q = quantize_value(0, p.scale[0], p.zero_point[0], p.qmin, p.qmax);
    EXPECT_EQ(dequantize_value(q, p.scale[0], p.zero_point[0]), 0);
  }
}

TEST(WeightParams, LargestMagnitudeIs127) {
  const QuantParams params = weight_params({12.7f, 2.54f}, 1);
  EXPECT_FLOAT_EQ(params.scale[0], 0.1f);
  EXPECT_FLOAT_EQ(params.scale[1], 0.02f);
  EXPECT_EQ(params.zero_point, (std::vector<int32_t>{0, 0}));
  EXPECT_EQ(params.qmin, -127);
  EXPECT_EQ(params.axis, 1);
}

TEST(WeightParams, ChannelOfZerosTakesTheLargestScale) {
  EXPECT_FLOAT_EQ(weight_params({12.7f, 0, 25.4f}, 0).scale[1], 0.2f);
  EXPECT_EQ(weight_params({0, 0}, 0).scale, (std::vector<float>{1, 1}));
}

}  // namespace
}  // namespace octavo
