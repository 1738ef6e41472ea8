#include "quant/corrections/smooth.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/quant/corrections/smooth_network.h"

namespace octavo {
namespace {

ActivationStatistics seen_of(const Graph& graph, const std::vector<Sample>& samples) {
  auto seen = observe_channels(*make_plan(graph), samples, 1, ChannelAxis::kLast);
  EXPECT_TRUE(seen.ok()) << seen.status().to_string();
  return *std::move(seen);
}

Smoothing smoothing_of(const Graph& graph, double alpha, const Recipe& recipe = {}) {
  const auto found = smoothing(graph, find_smooth_places(graph, {}),
                               seen_of(graph, samples_of(8, kText)), alpha, recipe);
  EXPECT_TRUE(found.ok()) << found.status().to_string();
  return *found;
}

// All that a value held, token by token.
std::vector<float> values_in(const Graph& graph, const char* name,
                             const std::vector<Sample>& samples) {
  Graph tapped = graph;
  tapped.outputs = {tapped.find_value(name)};
  std::vector<float> values;
  for (const Sample& sample : samples) {
    const std::vector<float> some = floats_of((*run_graph(tapped, sample))[0]);
    values.insert(values.end(), some.begin(), some.end());
  }
  return values;
}

// The paper's formula (4), by the library's own functions.
TEST(Smooth, TakesThePapersFactorsToTheNearestPowerOfTwo) {
  const Graph graph = smooth_network(50);
  const std::vector<float> x = values_in(graph, "norm", samples_of(8, kText));
  const auto q = values_of<float>(graph, graph.find_value("q_w")),
             k = values_of<float>(graph, graph.find_value("k_w"));
  for (const double alpha : kSmoothingStrengths) {
    double logs[6], mean = 0;
    for (size_t j = 0; j < 6; ++j) {
      double largest_x = 0, largest_w = 0;
      for (size_t i = j; i < x.size(); i += 6)
        largest_x = std::max<double>(largest_x, std::fabs(x[i]));
      for (size_t o = 0; o < 6; ++o) {
        largest_w = std::max<double>(largest_w, std::fabs(q[j * 6 + o]));
        largest_w = std::max<double>(largest_w, std::fabs(k[j * 6 + o]));
      }
      logs[j] = std::log2(std::pow(largest_x, alpha) / std::pow(largest_w, 1 - alpha));
      mean += logs[j] / 6;
    }
    const std::vector<int> found = smoothing_of(graph, alpha).features.at("norm");
    for (size_t j = 0; j < 6; ++j) {
      EXPECT_EQ(found[j], std::lround(logs[j] - mean)) << alpha << ' ' << j;
    }
  }
}

double total(const Smoothing& all, double SmoothedPlace::* error) {
  double sum = 0;
  for (const SmoothedPlace& place : all.places) sum += place.*error;
  return sum;
}

TEST(Smooth, ExpectsAnErrorAboutAsLargeAsItIs) {
  SmallNetwork net;
  const ValueId x = net.input("x", kText);
  const ValueId norm = net.node(Op::kLayerNormalization, "norm",
                                {x, net.constant("gamma", {1, 1, 40, 1, 1, 1}, Shape{6})}, kText);
  net.output(net.product(Op::kMatMul, "y", norm, {6, 32}, 32, {1, 5, 32}, {}, false));
  const std::vector<Sample> samples = samples_of(40, kText);
  const auto found =
      smoothing(net.graph, find_smooth_places(net.graph, {}), seen_of(net.graph, samples), 0.5, {});
  ASSERT_TRUE(found.ok() && found->places.size() == 1u);
  EXPECT_EQ(found->places[0].name, "norm");
  Graph smoothed = net.graph;
  smooth(smoothed, found->features);
  const auto error_of = [&](const Graph& graph) {
    const Ranges ranges = calibrated(graph, samples, {}).ranges;
    return mean_square_error(graph, quantized(graph, ranges).graph, samples);
  };
  const double before = error_of(net.graph), after = error_of(smoothed);
  EXPECT_NEAR(found->places[0].before / before, 1, 0.3);
  EXPECT_NEAR(found->places[0].after / after, 1, 0.3);
  EXPECT_LT(after, before / 3);
}

TEST(Smooth, LeavesPlacesThatWouldNotGain) {
  const Graph even = smooth_network(1), uneven = smooth_network(100);
  for (const double alpha : kSmoothingStrengths) {
    EXPECT_LE(smoothing_of(even, alpha).places.size(), 3u);
    const Smoothing found = smoothing_of(uneven, alpha);
    EXPECT_LT(total(found, &SmoothedPlace::after), total(found, &SmoothedPlace::before));
    for (const SmoothedPlace& place : found.places) EXPECT_LT(place.after, place.before);
  }
}

TEST(Smooth, LeavesFeaturesThatAreAlwaysZero) {
  Graph graph = smooth_network(50);
  graph.value(graph.find_value("ones")).constant =
      share(Tensor::from(std::vector<float>{0, 1, 50, 1, 1, 1}, Shape{6}));
  graph.value(graph.find_value("few")).constant =
      share(Tensor::from(std::vector<float>(6), Shape{6}));
  const auto exponents = smoothing_of(graph, 0.5).features.at("norm");
  EXPECT_EQ(exponents[0], 0);
  EXPECT_GT(exponents[2], 1);
}

}  // namespace
}  // namespace octavo
