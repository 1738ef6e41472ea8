// The magnitude that each method finds, against the method written down once more, and where it
// arrives in graphs.
#include "quant/weight_methods.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "quant/params.h"
#include "quant/weight_scales.h"
#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

using Values = std::vector<float>;

float magnitude(const std::string& method, const Values& weights, int32_t qmax = 127,
                double percentile = 99.99) {
  Recipe recipe;
  recipe.weight_percentile = percentile;
  return find_weight_method(method)->magnitude(weights, qmax, recipe);
}

// Normally distributed, but for one that is farther out.
Values normal(size_t count, float outlier, unsigned seed) {
  std::mt19937 random(seed);
  Values values;
  for (size_t i = 0; i < count; ++i) {
    double sum = 0;
    for (int j = 0; j < 12; ++j) sum += static_cast<double>(random() % 100003) / 100003 - 0.5;
    values.push_back(static_cast<float>(sum) / 8);
  }
  values[count / 2] = outlier;
  return values;
}

std::vector<Values> cases() {
  return {normal(2000, 0.9f, 1),
          normal(37, -0.5f, 2),
          {0.5f},
          {-0.25f, 0.25f, 0.25f},
          {1, 2, 3, 4, 5, 6, 7, 8}};
}

double integer(float w, double scale, int32_t qmax) {
  return std::clamp(std::nearbyint(w / scale), -static_cast<double>(qmax),
                    static_cast<double>(qmax));
}

double squared_error(const Values& weights, double magnitude, int32_t qmax) {
  const double scale = magnitude / qmax;
  double sum = 0;
  for (const float w : weights) sum += std::pow(w - scale * integer(w, scale, qmax), 2);
  return sum;
}

TEST(MaxAbs, IsTheLargestOfEitherSign) {
  EXPECT_EQ(magnitude("max_abs", {0.25f, -2, 1}), 2);
  EXPECT_EQ(magnitude("max_abs", {3}), 3);
}

TEST(WeightMse, NoOtherStepOfTheGridCostsLess) {
  for (const int32_t qmax : {127, 64}) {
    for (const Values& weights : cases()) {
      const float largest = magnitude("max_abs", weights);
      double best = largest, least = squared_error(weights, largest, qmax);
      for (int k = 127; k >= 32; --k) {
        const double error = squared_error(weights, largest * k / 128, qmax);
        if (error < least * (1 - 1e-6)) {  // else equal, but for rounding
          least = error;
          best = largest * k / 128.0;
        }
      }
      const float found = magnitude("mse", weights, qmax);
      EXPECT_NEAR(squared_error(weights, found, qmax), least, 1e-5 * least + 1e-15);
      if (weights.size() > 1000) {
        EXPECT_FLOAT_EQ(found, static_cast<float>(best));
      }
    }
  }
}

TEST(WeightMse, CutsOneOfMany) {
  EXPECT_LT(magnitude("mse", normal(20000, 4, 3)), 3.9f);
  EXPECT_EQ(magnitude("mse", {0.5f, -0.5f, 0.5f}), 0.5f) << "of equals the largest";
}

TEST(WeightAdmm, IsTheAlternatingFit) {
  for (const int32_t qmax : {127, 64}) {
    for (const Values& weights : cases()) {
      double alpha = magnitude("max_abs", weights) / (qmax * 1.25);
      for (int round = 0; round < 1000; ++round) {
        double products = 0, squares = 0;
        for (const float w : weights) {
          products += w * integer(w, alpha, qmax);
          squares += integer(w, alpha, qmax) * integer(w, alpha, qmax);
        }
        alpha = products / squares;
      }
      EXPECT_NEAR(magnitude("admm", weights, qmax), alpha * qmax, 1e-5 * alpha * qmax);
    }
  }
}

TEST(WeightPercentile, LiesBetweenTwoMagnitudesAsNumpyHasIt) {
  const Values weights = {-5, 1, 2, -3, 4};
  EXPECT_FLOAT_EQ(magnitude("percentile", weights, 127, 100), 5);
  EXPECT_FLOAT_EQ(magnitude("percentile", weights, 127, 75), 4);
  EXPECT_FLOAT_EQ(magnitude("percentile", weights, 127, 80), 4.2f);
  EXPECT_FLOAT_EQ(magnitude("percentile", {7}, 127, 50), 7);
  EXPECT_FLOAT_EQ(magnitude("percentile", {2, 2, -2, 2}, 127, 60), 2) << "ties";
}

class EveryWeightMethod : public testing::TestWithParam<std::string> {};

TEST_P(EveryWeightMethod, OfZerosIsZero) {
  for (const size_t count : {1u, 16u, 100u}) EXPECT_EQ(magnitude(GetParam(), Values(count)), 0);
}

TEST_P(EveryWeightMethod, OfExtremeFloatsStaysFinite) {
  for (const float x : {std::numeric_limits<float>::denorm_min(), 1e-38f, 1e-20f, 1e20f}) {
    const float found = magnitude(GetParam(), {x, -x, x});
    EXPECT_TRUE(std::isfinite(found) && found >= 0) << x;
    if (x > 1e-30f) {
      EXPECT_NEAR(found, x, 1e-5 * static_cast<double>(x));
    }
  }
}

// Of every index of the axis apart, or of all together, whatever the axis.
TEST_P(EveryWeightMethod, SeesTheChannelsOfItsAxis) {
  const Values values = normal(4 * 5 * 6, 0.8f, 4);
  const Tensor weights = Tensor::from(values, Shape{4, 5, 6});
  const int64_t strides[] = {30, 6, 1};
  Recipe recipe;
  recipe.weight_method = GetParam();
  recipe.weight_percentile = 90;
  for (const int bits : {8, 7}) {
    recipe.weight_bits = bits;
    const int32_t qmax = bits == 8 ? 127 : 64;
    for (int axis = 0; axis < 3; ++axis) {
      const int64_t channels = weights.shape()[axis];
      const QuantParams each = scales_of_weights(weights, axis, Granularity::kPerChannel, recipe);
      ASSERT_EQ(std::ssize(each.scale), channels);
      EXPECT_EQ(each.qmax, qmax);
      EXPECT_EQ(each.qmin, -qmax);
      for (int64_t c = 0; c < channels; ++c) {
        Values channel;
        for (int64_t i = 0; i < std::ssize(values); ++i) {
          if (i / strides[axis] % channels == c) channel.push_back(values[static_cast<size_t>(i)]);
        }
        EXPECT_FLOAT_EQ(each.scale[static_cast<size_t>(c)],
                        magnitude(GetParam(), channel, qmax, 90) / static_cast<float>(qmax));
      }
      const QuantParams all = scales_of_weights(weights, axis, Granularity::kPerTensor, recipe);
      EXPECT_EQ(all.axis, axis);
      ASSERT_EQ(all.scale.size(), 1u);
      EXPECT_FLOAT_EQ(all.scale[0],
                      magnitude(GetParam(), values, qmax, 90) / static_cast<float>(qmax));
    }
  }
}

// Conv, depthwise too, ConvTranspose, Gemm and MatMul in the static scheme.
TEST_P(EveryWeightMethod, ReachesEveryProduct) {
  Recipe recipe;
  recipe.weight_method = GetParam();
  recipe.weight_percentile = 80;
  recipe.weights = Granularity::kPerTensor;
  recipe.weight_bits = 7;
  const Values w = normal(36, 0.7f, 5);
  struct Product {
    Op op;
    Shape x, w, y;
    const char* attribute;  // an integer of 2
  };
  for (const Product& p :
       std::vector<Product>{{Op::kConv, {1, 4, 3, 3}, {1, 4, 3, 3}, {1, 1, 1, 1}, nullptr},
                            {Op::kConv, {1, 2, 4, 6}, {2, 1, 3, 6}, {1, 2, 2, 1}, "group"},
                            {Op::kConvTranspose, {1, 2, 1, 1}, {2, 2, 3, 3}, {1, 2, 3, 3}, nullptr},
                            {Op::kGemm, {1, 4}, {4, 9}, {1, 9}, nullptr},
                            {Op::kMatMul, {1, 4}, {4, 9}, {1, 9}, nullptr}}) {
    SmallGraph small;
    const ValueId x = small.input("x", p.x);
    Attributes attrs;
    if (p.attribute) attrs.set(p.attribute, int64_t{2});
    const ValueId y = small.node(p.op, "y", {x, small.constant("w", w, p.w)}, p.y, attrs);
    small.output(small.node(Op::kSoftmax, "end", {y}, p.y));
    const Graph graph =
        quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"y", {-1, 1}}}), recipe).graph;
    EXPECT_FLOAT_EQ(params_of(graph, "w").scale[0], magnitude(GetParam(), w, 64, 80) / 64);
    for (const int8_t q : values_of<int8_t>(graph, graph.find_value("w_q"))) {
      EXPECT_LE(std::abs(q), 64);
    }
  }
}

// MatMul and LSTM in the dynamic one: scales are constants of the graph.
TEST_P(EveryWeightMethod, ReachesProductsOfTheDynamicScheme) {
  Recipe recipe;
  recipe.scheme = Scheme::kDynamic;
  recipe.weight_method = GetParam();
  recipe.weight_percentile = 80;
  recipe.weights = Granularity::kPerTensor;
  SmallGraph small;
  const Values w = normal(36, 0.7f, 6), r = normal(36 * 4, 0.6f, 7);
  const ValueId x = small.input("x", Shape{2, 1, 4});
  const ValueId y =
      small.node(Op::kMatMul, "y", {x, small.constant("w", w, Shape{4, 9})}, Shape{2, 1, 9});
  Attributes attrs;
  attrs.set("hidden_size", int64_t{4});
  small.output(small.node(Op::kLSTM, "lstm",
                          {y, small.constant("lstm_w", r, Shape{1, 16, 9}),
                           small.constant("lstm_r", Values(64, 0.5f), Shape{1, 16, 4})},
                          Shape{2, 1, 1, 4}, attrs));
  const Graph graph = quantized(small.graph, {}, recipe).graph;
  std::vector<float> found;
  for (const NodeId id : graph.live_nodes()) {
    for (const ValueId input : graph.node(id).inputs) {
      const Tensor* scale = graph.held_constant(input);
      if (!scale || scale->dtype() != DType::kFloat32) continue;
      if (scale->count() == 1) found.push_back(scale->values<float>()[0]);
    }
  }
  for (const Values& weights : {w, r}) {
    const float wanted = magnitude(GetParam(), weights, 127, 80) / 127;
    const auto is_it = [&](float s) { return std::fabs(s - wanted) < 1e-6f * wanted; };
    EXPECT_EQ(std::count_if(found.begin(), found.end(), is_it), 1);
  }
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const WeightMethod& method : weight_methods()) names.emplace_back(method.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, EveryWeightMethod, testing::ValuesIn(method_names()),
                         [](const auto& info) { return info.param; });

TEST(LargestWeight, OfSevenBitsTwoProductsFitInt16) {
  EXPECT_EQ(largest_weight(8), 127);
  EXPECT_LE(2 * 255 * largest_weight(7), std::numeric_limits<int16_t>::max());
  EXPECT_GT(2 * 255 * largest_weight(8), std::numeric_limits<int16_t>::max());
}

}  // namespace
}  // namespace octavo
