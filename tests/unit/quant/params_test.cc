#include "quant/params.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/rounding.h"

namespace octavo {
namespace {

TEST(ActivationParams, RangeIsSpreadOverAllIntegers) {
  const QuantParams params = activation_params({-1, 3}, DType::kUint8);
  EXPECT_EQ(params.scale, std::vector<float>{static_cast<float>(3.0 / 191)});
  EXPECT_EQ(params.zero_point, std::vector<int32_t>{64});  // 63.75
  EXPECT_EQ(params.qmin, 0);
  EXPECT_EQ(params.qmax, 255);
}

TEST(ActivationParams, Int8IsTheSameMovedDown) {
  const QuantParams params = activation_params({-1, 3}, DType::kInt8);
  EXPECT_EQ(params.scale, std::vector<float>{static_cast<float>(3.0 / 191)});
  EXPECT_EQ(params.zero_point, std::vector<int32_t>{64 - 128});
  EXPECT_EQ(params.qmin, -128);
}

TEST(ActivationParams, RangeIsWidenedToContainZero) {
  EXPECT_EQ(activation_params({2, 5.1f}, DType::kUint8),
            activation_params({0, 5.1f}, DType::kUint8));
  EXPECT_EQ(activation_params({2, 5.1f}, DType::kUint8).zero_point[0], 0);
  EXPECT_EQ(activation_params({-5.1f, -2}, DType::kUint8).zero_point[0], 255);
}

TEST(ActivationParams, SmallNegativeSideCostsOneStepAndNoMore) {
  const QuantParams tiny = activation_params({-1e-6f, 2.54f}, DType::kUint8);
  EXPECT_EQ(tiny.zero_point[0], 1);
  EXPECT_FLOAT_EQ(tiny.scale[0], 0.01f);
  // 1.4 steps below zero: one integer for them would make all steps 1.4 times as large.
  const QuantParams more = activation_params({-0.014f, 2.53f}, DType::kUint8);
  EXPECT_EQ(more.zero_point[0], 2);
  EXPECT_FLOAT_EQ(more.scale[0], 0.01f);
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

TEST(ActivationParams, BothEndsAreWithinReach) {
  for (Range range : {Range{-1, 1}, Range{-1, 3}, Range{-2.9f, 0.1f}, Range{0, 5}, Range{-5, 0}}) {
    const QuantParams p = activation_params(range, DType::kUint8);
    const float tolerance = 1e-6f * (range.max - range.min);
    EXPECT_LE(dequantize_value(p.qmin, p.scale[0], p.zero_point[0]), range.min + tolerance);
    EXPECT_GE(dequantize_value(p.qmax, p.scale[0], p.zero_point[0]), range.max - tolerance);
  }
}

// 256 grey values as -1..1: with a scale of 2/255 all of them were ties, and odd ones lost.
TEST(ActivationParams, GreyValuesStayApart) {
  const QuantParams p = activation_params({-1, 1}, DType::kUint8);
  int different = 0;
  int32_t last = -1;
  for (int grey = 0; grey < 256; ++grey) {
    const int32_t q = quantize_value(static_cast<float>(grey) / 127.5f - 1, p.scale[0],
                                     p.zero_point[0], p.qmin, p.qmax);
    different += q != last ? 1 : 0;
    last = q;
  }
  EXPECT_EQ(different, 255);
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

ActivationType type_of(DType dtype, int bits, bool symmetric) {
  ActivationType type(dtype);
  type.bits = bits;
  type.symmetric = symmetric;
  return type;
}

TEST(ActivationParams, SymmetricOnesHaveTheirZeroInTheMiddle) {
  const struct {
    DType dtype;
    int bits;
    int32_t zero_point, qmin, qmax;
    double steps;
  } kCases[] = {{DType::kInt8, 8, 0, -128, 127, 127},
                {DType::kUint8, 8, 128, 0, 255, 127},
                {DType::kInt8, 7, 0, -64, 63, 63},
                {DType::kUint8, 7, 64, 0, 127, 63}};
  for (const auto& [dtype, bits, zero_point, qmin, qmax, steps] : kCases) {
    for (const Range range : {Range{-1, 5}, Range{-5, 2}, Range{0, 5}, Range{3, 5}}) {
      const QuantParams params = activation_params(range, type_of(dtype, bits, true));
      EXPECT_EQ(params.scale, std::vector<float>{static_cast<float>(5 / steps)});
      EXPECT_EQ(params.zero_point, std::vector<int32_t>{zero_point});
      EXPECT_EQ(params.qmin, qmin);
      EXPECT_EQ(params.qmax, qmax);
    }
    EXPECT_EQ(activation_params({0, 0}, type_of(dtype, bits, true)).scale, std::vector<float>{1});
  }
}

TEST(ActivationParams, SevenBitsAreHalfTheIntegers) {
  const QuantParams unsigned_ones = activation_params({-1, 3}, type_of(DType::kUint8, 7, false));
  EXPECT_EQ(unsigned_ones.scale, std::vector<float>{static_cast<float>(3.0 / 95)});
  EXPECT_EQ(unsigned_ones.zero_point, std::vector<int32_t>{32});  // 31.75
  EXPECT_EQ(unsigned_ones.qmax, 127);
  const QuantParams signed_ones = activation_params({-1, 3}, type_of(DType::kInt8, 7, false));
  EXPECT_EQ(signed_ones.zero_point, std::vector<int32_t>{32 - 64});
  EXPECT_EQ(signed_ones.qmin, -64);
  EXPECT_EQ(signed_ones.qmax, 63);
}

TEST(ActivationParams, SaturationDoesTheWorkOfAReluOnlyWhereIntegersEndThere) {
  const Range relu{0, std::numeric_limits<float>::infinity()}, relu6{0, 6};
  EXPECT_TRUE(saturates_at(relu6, DType::kUint8));
  EXPECT_TRUE(saturates_at(relu6, DType::kInt8));
  EXPECT_TRUE(saturates_at(relu, type_of(DType::kUint8, 7, false)));
  EXPECT_FALSE(saturates_at(relu6, type_of(DType::kUint8, 7, false)));
  EXPECT_FALSE(saturates_at(relu, type_of(DType::kInt8, 7, false)));
  EXPECT_FALSE(saturates_at(relu, type_of(DType::kUint8, 8, true)));
}

}  // namespace
}  // namespace octavo
