#include "quant/layer_ranges.h"

#include <gtest/gtest.h>

#include "quant/quantize.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

// What a choice of ranges is, beside what is right: half of them too narrow.
RangeChoice narrowed(const Ranges& right, const std::string& name, bool odd) {
  RangeChoice choice{name, right};
  bool is_odd = false;
  for (auto& [value, seen] : choice.ranges) {
    if (is_odd == odd) seen.range = {seen.range.min / 4, seen.range.max / 4};
    is_odd = !is_odd;
  }
  return choice;
}

ActivationParams params_of(const Graph& graph, const Ranges& ranges) {
  return activation_params_of(quantize(graph, ranges, {})->graph);
}

TEST(LayerRanges, TakesFromEachChoiceWhatIsBest) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(6);
  const Ranges right = calibrated(graph, samples, {}).ranges;
  const std::vector<RangeChoice> choices = {narrowed(right, "a", true),
                                            narrowed(right, "b", false)};
  const auto exact = *make_plan(graph);
  const Judge judge =
      *Judge::make(graph, samples, {}, [](const Graph& g) { return make_plan(g); }, 2);
  LayerRanges layers(judge.runs_of(exact), choices,
                     {params_of(graph, choices[0].ranges), params_of(graph, choices[1].ranges)});
  while (layers.done() < layers.steps()) ASSERT_TRUE(layers.step(judge).ok());
  EXPECT_GT(layers.steps(), 2);
  const ActivationParams wanted = params_of(graph, right);
  for (const auto& [value, params] : params_of(graph, layers.ranges())) {
    EXPECT_EQ(params.scale, wanted.at(value).scale) << value;
  }
}

TEST(LayerRanges, WhereChoicesAreNearlyEqualKeepsTheFirst) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(2);
  const Ranges ranges = calibrated(graph, samples, {}).ranges;
  const auto exact = *make_plan(graph);
  const Judge judge =
      *Judge::make(graph, samples, {}, [](const Graph& g) { return make_plan(g); }, 1);
  Ranges wider = ranges;
  for (auto& [value, seen] : wider) seen.range = {seen.range.min * 1.05f, seen.range.max * 1.05f};
  LayerRanges layers(judge.runs_of(exact), {{"a", ranges}, {"b", wider}},
                     {params_of(graph, ranges), params_of(graph, wider)});
  EXPECT_GT(layers.steps(), 2);
  while (layers.done() < layers.steps()) ASSERT_TRUE(layers.step(judge).ok());
  for (const auto& [value, seen] : layers.ranges()) {
    EXPECT_EQ(seen.range, ranges.at(value).range) << value;
  }
}

}  // namespace
}  // namespace octavo
