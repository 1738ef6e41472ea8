#include "quant/data_free.h"

#include <gtest/gtest.h>

#include <cmath>

#include "quant/clamps.h"
#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

// By adding up slices of the density, in place of the formulas.
Moments summed(const Moments& normal, Range bounds) {
  const double deviation = std::sqrt(normal.variance);
  double weight = 0, mean = 0, square = 0;
  for (int i = -80000; i <= 80000; ++i) {
    const double z = i / 10000.0, p = std::exp(-z * z / 2);
    const double x = std::clamp<double>(normal.mean + deviation * z, bounds.min, bounds.max);
    weight += p;
    mean += p * x;
    square += p * x * x;
  }
  mean /= weight;
  return {mean, square / weight - mean * mean};
}

TEST(ClippedNormal, HasTheMomentsThatAddingUpSlicesGives) {
  const Range relu = {0, kUnbounded.max};
  for (const Range bounds :
       {relu, Range{0, 6}, Range{-1, 1}, Range{kUnbounded.min, 2}, kUnbounded}) {
    for (const double mean : {-7.0, -2.0, -0.3, 0.0, 1.0, 4.0, 9.0}) {
      for (const double variance : {0.01, 1.0, 6.25}) {
        const Moments found = clipped({mean, variance}, bounds);
        const Moments wanted = summed({mean, variance}, bounds);
        EXPECT_NEAR(found.mean, wanted.mean, 2e-6 * (1 + std::abs(mean)))
            << mean << ' ' << variance << " to " << bounds.min << ".." << bounds.max;
        EXPECT_NEAR(found.variance, wanted.variance, 2e-5 * (1 + mean * mean + variance))
            << mean << ' ' << variance << " to " << bounds.min << ".." << bounds.max;
      }
    }
  }
}

TEST(ClippedNormal, OfNoDeviationIsItsMeanCut) {
  EXPECT_EQ(clipped({-2, 0}, {0, 6}).mean, 0);
  EXPECT_EQ(clipped({7, 0}, {0, 6}).mean, 6);
  EXPECT_EQ(clipped({7, 0}, {0, 6}).variance, 0);
}

// x -> conv -> BatchNormalization 'bn' of two channels: 1 -+ 0.5 and -2 -+ 1
class DataFree : public testing::Test {
 protected:
  DataFree() {
    const ValueId x = small_.input("x", kShape);
    const ValueId conv = small_.node(Op::kConv, "conv",
                                     {x, small_.constant("w", {1, 2, 3, 4}, {2, 2, 1, 1})}, kShape);
    bn_ = small_.node(
        Op::kBatchNormalization, "bn",
        {conv, small_.constant("gamma", {-0.5f, 1}, Shape{2}),
         small_.constant("beta", {1, -2}, Shape{2}), small_.constant("mean", {0, 0}, Shape{2}),
         small_.constant("variance", {1, 1}, Shape{2})},
        kShape);
  }

  Expected expected(const char* name, size_t channel = 0) {
    const auto found = expect(small_.graph, find_normalized(small_.graph), known_);
    EXPECT_TRUE(found.ok() && found->count(name) == 1) << name;
    return found.ok() && found->count(name) == 1 ? found->at(name)[channel] : Expected();
  }

  const Shape kShape{1, 2, 4, 4};
  SmallGraph small_;
  ValueId bn_ = kNoValue;
  Ranges known_;
};

TEST_F(DataFree, ReadsBetaAndGammaOfEveryChannel) {
  EXPECT_EQ(expected("bn", 0).low, 1 - 3);
  EXPECT_EQ(expected("bn", 0).high, 1 + 3);
  EXPECT_EQ(expected("bn", 1).low, -2 - 6);
  EXPECT_EQ(expected("bn", 1).moments.variance, 1);
}

TEST_F(DataFree, GoesThroughClampsPoolsSumsAndConcat) {
  const ValueId relu = small_.node(Op::kRelu, "relu", {bn_}, kShape);
  const ValueId pool = small_.node(Op::kMaxPool, "pool", {relu}, kShape);
  small_.output(small_.node(Op::kAdd, "sum", {bn_, pool}, kShape));
  Attributes axis;
  axis.set("axis", int64_t{1});
  small_.output(small_.node(Op::kConcat, "both", {bn_, relu}, Shape{1, 4, 4, 4}, axis));
  EXPECT_EQ(expected("relu", 0).low, 0);
  EXPECT_EQ(expected("relu", 0).high, 4);
  const Moments relu_moments = summed({-2, 1}, {0, kUnbounded.max});
  EXPECT_NEAR(expected("pool", 1).moments.mean, relu_moments.mean, 1e-6);
  EXPECT_NEAR(expected("sum", 1).moments.mean, -2 + relu_moments.mean, 1e-6);
  const double variance = 1 + relu_moments.variance;
  EXPECT_NEAR(expected("sum", 1).moments.variance, variance, 1e-5);
  EXPECT_EQ(expected("sum", 1).low, -8 + 0) << "neither goes lower";
  EXPECT_NEAR(expected("sum", 1).high, -2 + relu_moments.mean + 6 * std::sqrt(variance), 1e-4);
  EXPECT_EQ(expected("both", 0).low, -2);
  EXPECT_EQ(expected("both", 2).low, 0);
}

TEST_F(DataFree, TakesInputsOfProductsForIndependent) {
  small_.output(small_.node(Op::kConv, "next",
                            {bn_, small_.constant("v", {1, 2, -3, 4}, {2, 2, 1, 1}),
                             small_.constant("b", {10, 20}, Shape{2})},
                            kShape));
  Attributes depthwise;
  depthwise.set("group", int64_t{2});
  small_.output(small_.node(Op::kConv, "depthwise",
                            {bn_, small_.constant("d", {5, 7}, {2, 1, 1, 1})}, kShape, depthwise));
  EXPECT_DOUBLE_EQ(expected("next", 0).moments.mean, 10 + 1 * 1 + 2 * -2);
  EXPECT_DOUBLE_EQ(expected("next", 1).moments.mean, 20 - 3 * 1 + 4 * -2);
  EXPECT_DOUBLE_EQ(expected("next", 1).moments.variance, 9 * 0.25 + 16 * 1);
  EXPECT_DOUBLE_EQ(expected("depthwise", 1).moments.mean, -14);
  EXPECT_DOUBLE_EQ(expected("depthwise", 0).moments.variance, 25 * 0.25);
}

TEST_F(DataFree, TakesKnownRangesForUniformAndLeavesThem) {
  known_["x"] = {{-1, 3}, 0, "by hand"};
  small_.output(bn_);
  EXPECT_DOUBLE_EQ(expected("x").moments.mean, 1);
  EXPECT_DOUBLE_EQ(expected("x").moments.variance, 16.0 / 12);
  EXPECT_DOUBLE_EQ(expected("conv", 1).moments.mean, 3 + 4);
  known_["bn"] = {{0, 1}, 0, "by hand"};
  const auto ranges = ranges_without_samples(small_.graph, find_normalized(small_.graph), known_);
  ASSERT_TRUE(ranges.ok());
  EXPECT_EQ(ranges->at("bn").range, (Range{0, 1}));
  known_.erase("bn");
  const auto others = ranges_without_samples(small_.graph, find_normalized(small_.graph), known_);
  ASSERT_TRUE(others.ok());
  EXPECT_EQ(others->at("bn").range, (Range{-8, 4}));
}

TEST(DataFreeRanges, AreRefusedWhereNothingIsNormalized) {
  SmallGraph small;
  small.output(small.conv("conv", small.input("x", Shape{1, 1, 2, 1}), {1}, 1));
  EXPECT_EQ(ranges_without_samples(small.graph, find_normalized(small.graph), {}).status().code(),
            ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace octavo
