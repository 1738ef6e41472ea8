#include "quant/corrections/analytic_bias.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

// Four channels with means from 1 to 4 and a deviation of 1/2.
std::vector<Expected> four_channels() {
  std::vector<Expected> channels;
  for (int c = 1; c <= 4; ++c)
    channels.push_back({{static_cast<double>(c), 0.25}, c - 3.0, c + 3.0});
  return channels;
}

// (1, 4, 8, 8) of them.
std::vector<Sample> samples_of_channels(int count) {
  std::vector<Sample> samples = samples_of(count);
  for (Sample& sample : samples) {
    std::vector<float> x = floats_of(sample[0]);  // uniform from -2 to 2
    for (size_t i = 0; i < x.size(); ++i) {
      x[i] = static_cast<float>(1 + i / 64) + x[i] * 0.4330127f;
    }
    sample = {Tensor::from(x, kImage)};
  }
  return samples;
}

Recipe coarse() {
  Recipe recipe;
  recipe.weight_bits = 7;
  recipe.weights = Granularity::kPerTensor;
  return recipe;
}

Graph one_product(Op op, const Shape& weights, int64_t group, const Shape& y) {
  SmallNetwork net;
  const ValueId x = net.input("x", op == Op::kConv ? kImage : Shape{1, 4});
  net.output(net.product(op, "y", x, weights, y[1], y, attributes_of({{"group", group}})));
  return net.graph;
}

// The mean of each output channel over samples, of the exact graph less that of the other.
std::vector<double> mean_errors(const Graph& exact, const Graph& rough,
                                const std::vector<Sample>& samples, size_t channels) {
  std::vector<double> errors(channels);
  for (const Sample& sample : samples) {
    const std::vector<float> a = floats_of((*run_graph(exact, sample))[0]),
                             b = floats_of((*run_graph(rough, sample))[0]);
    const size_t inner = a.size() / channels;
    for (size_t i = 0; i < a.size(); ++i) {
      errors[i / inner] += (static_cast<double>(a[i]) - static_cast<double>(b[i])) /
                           static_cast<double>(inner * samples.size());
    }
  }
  return errors;
}

double squared(const std::vector<double>& values) {
  double sum = 0;
  for (const double x : values) sum += x * x;
  return sum;
}

struct Case {
  Op op;
  Shape weights;
  int64_t group;
  Shape y;
};

const Case kCases[] = {
    {Op::kConv, {6, 4, 3, 3}, 1, {1, 6, 6, 6}},
    {Op::kConv, {4, 1, 3, 3}, 4, {1, 4, 6, 6}},
    {Op::kConv, {6, 2, 1, 1}, 2, {1, 6, 8, 8}},
};

TEST(AnalyticBias, TakesTheMeanErrorOfTheWeights) {
  for (const Case& one : kCases) {
    const Graph exact = one_product(one.op, one.weights, one.group, one.y);
    const std::vector<Sample> samples = samples_of_channels(20);
    Graph rough = quantized(exact, calibrated(exact, samples, coarse()).ranges, coarse()).graph;
    const auto channels = static_cast<size_t>(one.y[1]);
    const double before = squared(mean_errors(exact, rough, samples, channels));
    const auto layers = correct_biases(exact, {{"x", four_channels()}}, rough);
    ASSERT_TRUE(layers.ok() && layers->size() == 1u) << one.weights.to_string();
    EXPECT_EQ((*layers)[0].name, "y");
    EXPECT_LT((*layers)[0].after, (*layers)[0].before);
    EXPECT_LT(squared(mean_errors(exact, rough, samples, channels)), before / 10)
        << one.weights.to_string();
  }
}

// Added up weight by weight.
TEST(AnalyticBias, IsTheSumOfErrorsTimesMeans) {
  const Graph exact = one_product(Op::kConv, {6, 2, 1, 1}, 2, {1, 6, 8, 8});
  const Ranges ranges = ranges_of({{"x", {-2, 6}}, {"y", {-20, 20}}});
  const Graph before = quantized(exact, ranges, coarse()).graph;
  Graph after = before;
  const auto layers = correct_biases(exact, {{"x", four_channels()}}, after);
  ASSERT_TRUE(layers.ok()) << layers.status().to_string();
  const auto w = values_of<float>(exact, exact.find_value("y_w"));
  const auto q = values_of<int8_t>(before, before.find_value("y_w_q"));
  const auto b = values_of<int32_t>(before, before.find_value("y_b_q")),
             found = values_of<int32_t>(after, after.find_value("y_b_q"));
  const double scale = params_of(before, "y_w").scale[0],
               bias_scale = params_of(before, "y_b").scale[0];
  double variance = 0;
  for (size_t o = 0; o < 6; ++o) {
    double error = 0;
    for (size_t k = 0; k < 2; ++k) {
      const double d = scale * q[o * 2 + k] - static_cast<double>(w[o * 2 + k]);
      error += d * static_cast<double>(o / 3 * 2 + k + 1);
      variance += d * d * 0.25 / 6;
    }
    EXPECT_NEAR(found[o], b[o] - error / bias_scale, 0.51) << o;
  }
  EXPECT_NEAR((*layers)[0].after, variance, variance * 0.01 + bias_scale * bias_scale);
}

TEST(AnalyticBias, LeavesLayersOfWhichNothingIsKnown) {
  const Graph exact = one_product(Op::kConv, {6, 4, 3, 3}, 1, {1, 6, 6, 6});
  const Ranges ranges = ranges_of({{"x", {-2, 6}}, {"y", {-20, 20}}});
  Graph rough = quantized(exact, ranges).graph;
  const std::string before = constants_of(rough);
  std::vector<Expected> seven(7);
  for (const Expectations& known : {Expectations{}, Expectations{{"x", seven}}}) {
    const auto layers = correct_biases(exact, known, rough);
    ASSERT_TRUE(layers.ok());
    EXPECT_TRUE(layers->empty());
    EXPECT_TRUE(constants_of(rough) == before);
  }
}

}  // namespace
}  // namespace octavo
