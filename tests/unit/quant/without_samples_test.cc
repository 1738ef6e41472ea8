#include "quant/without_samples.h"

#include <gtest/gtest.h>

#include "quant/corrections/correction_list.h"
#include "quant/data_free.h"
#include "tests/unit/quant/corrections/equalize_network.h"

namespace octavo {
namespace {

// Of the channels of a value, over samples.
std::vector<Moments> moments_of(const Graph& graph, const char* name) {
  Graph tapped = graph;
  tapped.outputs = {graph.find_value(name)};
  const auto channels = static_cast<size_t>((*graph.value(tapped.outputs[0]).shape)[1]);
  std::vector<Moments> moments(channels);
  const std::vector<Sample> samples = samples_of(20);
  for (const Sample& sample : samples) {
    const std::vector<float> x = floats_of((*run_graph(tapped, sample))[0]);
    const size_t inner = x.size() / channels;
    for (size_t i = 0; i < x.size(); ++i) {
      const double share = 1 / static_cast<double>(inner * samples.size());
      moments[i / inner].mean += share * static_cast<double>(x[i]);
      moments[i / inner].variance += share * static_cast<double>(x[i]) * static_cast<double>(x[i]);
    }
  }
  for (Moments& of : moments) of.variance -= of.mean * of.mean;
  return moments;
}

// As if BatchNormalization had been behind the products.
Calibration calibration_of(const Graph& graph) {
  Calibration calibration;
  for (const char* name : {"c1", "dw", "c2", "c3"}) {
    calibration.normalized[name] = moments_of(graph, name);
  }
  calibration.known["x"] = {{-2, 2}, 0, "pictures"};
  auto ranges = ranges_without_samples(graph, calibration.normalized, calibration.known);
  EXPECT_TRUE(ranges.ok()) << ranges.status().to_string();
  calibration.ranges = *std::move(ranges);
  return calibration;
}

Tuned tuned(const Graph& graph, const std::vector<std::string>& corrections) {
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  recipe.corrections = corrections;
  auto made = tune_without_samples(graph, calibration_of(graph), recipe);
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  return *std::move(made);
}

TEST(WithoutSamples, EqualizesByWhatIsExpected) {
  const Graph graph = uneven_network();
  const std::vector<Sample> samples = samples_of(10);
  const Tuned plain = tuned(graph, {}), equalized = tuned(graph, {kEqualize});
  EXPECT_TRUE(plain.factors.empty());
  ASSERT_FALSE(equalized.factors.empty());
  EXPECT_LT(mean_square_error(graph, equalized.quantized.graph, samples),
            mean_square_error(graph, plain.quantized.graph, samples) / 4);
  EXPECT_LT(mean_square_error(graph, *equalized.equalized, samples), 1e-12);
}

TEST(WithoutSamples, CorrectsBiasesOfWhatItEqualized) {
  const Graph graph = uneven_network();
  const Tuned found = tuned(graph, {kEqualize, kAnalyticBias, kReconstruct});
  EXPECT_GE(found.corrections.size(), 3u);
  for (const CorrectedLayer& layer : found.corrections) EXPECT_LT(layer.after, layer.before);
  EXPECT_TRUE(found.trials.empty());
}

TEST(WithoutSamples, IsWhatTheTunerGives) {
  const Graph graph = uneven_network();
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  recipe.corrections = {kEqualize, kAnalyticBias};
  const MakePlan none = [](const Graph& g, std::span<const Shape>) { return make_plan(g); };
  auto tuner = Tuner::make(graph, calibration_of(graph), recipe, none);
  ASSERT_TRUE(tuner.ok()) << tuner.status().to_string();
  EXPECT_EQ(tuner->samples(), 0);
  EXPECT_TRUE(tuner->ended());
  EXPECT_TRUE(constants_of(tuner->finish().quantized.graph) ==
              constants_of(tuned(graph, recipe.corrections).quantized.graph));
}

}  // namespace
}  // namespace octavo
