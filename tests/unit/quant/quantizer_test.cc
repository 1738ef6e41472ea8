#include "quant/quantizer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "quant/corrections/correction_list.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

const MakePlan kMakePlan = [](const Graph& graph, std::span<const Shape>) {
  return make_plan(graph);
};

// Of integers that are coarse enough for answers to change.
Recipe coarse() {
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  recipe.weight_bits = 7;
  recipe.activation_bits = 7;
  recipe.goal.min_int8 = 0;
  return recipe;
}

struct Run {
  std::vector<int64_t> labels;
  std::optional<FallbackState> state;
  int threads = 1;
  int64_t steps = 1000;  // to make before it is broken off
};

Result<Quantization> quantized_by(const Graph& graph, const Recipe& recipe,
                                  const std::vector<Sample>& samples, const Run& run = {},
                                  FallbackState* state = nullptr) {
  auto made =
      Quantizer::make(graph, calibrated(graph, samples, recipe), recipe, kMakePlan, run.threads);
  if (!made.ok()) return made.status();
  Quantizer quantizer = *std::move(made);
  for (size_t i = 0; i < samples.size(); ++i) {
    quantizer.add(samples[i], i < run.labels.size() ? run.labels[i] : -1);
  }
  if (run.state) quantizer.restore(*run.state);
  OCTAVO_RETURN_IF_ERROR(quantizer.begin());
  std::string phase;
  for (int64_t i = 0, done = 0; !quantizer.ended() && i < run.steps; ++i) {
    EXPECT_LT(quantizer.done(), quantizer.steps()) << quantizer.phase();
    EXPECT_TRUE(phase != quantizer.phase() || quantizer.done() >= done) << phase;
    phase = quantizer.phase();
    done = quantizer.done();
    OCTAVO_RETURN_IF_ERROR(quantizer.step());
  }
  if (state) *state = quantizer.state().value_or(FallbackState());
  if (!quantizer.ended()) return Status(ErrorCode::kCancelled, "broken off");
  return quantizer.finish();
}

Quantization must(Result<Quantization> made) {
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  return made.ok() ? *std::move(made) : Quantization{};
}

// Half a point more than int8 alone gives, so that something is to be done.
Recipe demanding(const Graph& graph, const std::vector<Sample>& samples, Recipe recipe = coarse()) {
  recipe.goal.min_agreement = 0;
  const Quantization plain = must(quantized_by(graph, recipe, samples));
  EXPECT_TRUE(plain.fallback && plain.fallback->met);
  EXPECT_TRUE(plain.fallback->kept.empty());
  const Verdict& before = plain.fallback->before;
  recipe.goal.min_agreement = std::min(*before.agreement, *before.overlap) * 100 + 0.5;
  return recipe;
}

int64_t count_of(const Graph& graph, Op op) {
  const std::vector<NodeId> nodes = graph.live_nodes();
  return std::count_if(nodes.begin(), nodes.end(),
                       [&](NodeId id) { return graph.node(id).op == op; });
}

TEST(Quantizer, WithoutAGoalIsTheTuner) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(3);
  const Recipe recipe;
  const Quantization made = must(quantized_by(graph, recipe, samples));
  EXPECT_FALSE(made.fallback);
  EXPECT_TRUE(made.recipe == recipe);
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Graph wanted = quantize(graph, calibration.ranges, recipe)->graph;
  EXPECT_TRUE(constants_of(made.tuned.quantized.graph) == constants_of(wanted));
}

TEST(Quantizer, LeavesLayersInFloatUntilTheAnswersAgree) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(200);
  const Recipe recipe = demanding(graph, samples);
  const Quantization made = must(quantized_by(graph, recipe, samples));
  ASSERT_TRUE(made.fallback);
  const FallbackReport& report = *made.fallback;
  EXPECT_TRUE(report.met) << report.shortfall;
  ASSERT_FALSE(report.kept.empty());
  EXPECT_GE(*report.after.agreement * 100, *recipe.goal.min_agreement);
  EXPECT_GE(*report.after.overlap * 100, *recipe.goal.min_agreement);
  EXPECT_LT(*report.before.overlap, *report.after.overlap);
  EXPECT_EQ(report.kept.size(), made.recipe.exclude.size());
  EXPECT_FALSE(made.recipe.goal.is_set());
  // The recipe gives this very graph.
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Graph again = quantize(graph, calibration.ranges, made.recipe)->graph;
  EXPECT_TRUE(constants_of(made.tuned.quantized.graph) == constants_of(again));
}

TEST(Quantizer, RemakesCorrectionsWithTheLayersInFloat) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(60);
  Recipe corrected = coarse();
  corrected.corrections = {kReconstruct};
  const Recipe recipe = demanding(graph, samples, corrected);
  const Quantization made = must(quantized_by(graph, recipe, samples));
  ASSERT_TRUE(made.fallback && made.fallback->met);
  if (!made.fallback->remade) return;  // then it is the graph that was searched
  const Quantization by_recipe = must(quantized_by(graph, made.recipe, samples));
  EXPECT_TRUE(constants_of(made.tuned.quantized.graph) ==
              constants_of(by_recipe.tuned.quantized.graph));
}

TEST(Quantizer, SaysWhatCameNearestWhereTheGoalIsNotMet) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(200);
  Recipe recipe = demanding(graph, samples);
  recipe.goal.min_agreement = 100;
  recipe.goal.min_int8 = 100;
  const Quantization made = must(quantized_by(graph, recipe, samples));
  ASSERT_TRUE(made.fallback);
  EXPECT_FALSE(made.fallback->met);
  EXPECT_NE(made.fallback->shortfall.find("100 % of the multiply-adds in int8; the best: "),
            std::string::npos)
      << made.fallback->shortfall;
  EXPECT_TRUE(made.fallback->kept.empty());
}

TEST(Quantizer, GoesOnWhereASearchWasBrokenOff) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(200);
  const Recipe recipe = demanding(graph, samples);
  FallbackState whole, part;
  const Quantization made = must(quantized_by(graph, recipe, samples, {}, &whole));
  const auto broken = quantized_by(graph, recipe, samples, {.steps = 2}, &part);
  EXPECT_EQ(broken.status().code(), ErrorCode::kCancelled);
  EXPECT_EQ(part.trials.size(), 2u);
  const Quantization resumed = must(quantized_by(graph, recipe, samples, {.state = part}, &part));
  EXPECT_TRUE(part.trials == whole.trials);
  EXPECT_EQ(resumed.recipe.exclude, made.recipe.exclude);
}

TEST(Quantizer, RefusesTheStateOfOtherSamplesOrLayers) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(200);
  const Recipe recipe = demanding(graph, samples);
  FallbackState state;
  must(quantized_by(graph, recipe, samples, {}, &state));
  const std::vector<Sample> others(samples.begin(), samples.begin() + 50);
  EXPECT_EQ(quantized_by(graph, recipe, others, {.state = state}).status().code(),
            ErrorCode::kInvalidArgument);
  state.layers[0] += "x";
  EXPECT_EQ(quantized_by(graph, recipe, samples, {.state = state}).status().code(),
            ErrorCode::kInvalidArgument);
}

TEST(Quantizer, GivesTheSameForAnyNumberOfThreads) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(200);
  const Recipe recipe = demanding(graph, samples);
  FallbackState one, two;
  const Quantization a = must(quantized_by(graph, recipe, samples, {}, &one));
  const Quantization b = must(quantized_by(graph, recipe, samples, {.threads = 2}, &two));
  EXPECT_TRUE(one.trials == two.trials);
  EXPECT_EQ(a.recipe.exclude, b.recipe.exclude);
}

TEST(Quantizer, WantsLabelsForADropAndSamplesForAnyGoal) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(4);
  Recipe recipe = coarse();
  recipe.goal.max_drop = 1;
  const Status unlabelled = quantized_by(graph, recipe, samples).status();
  EXPECT_EQ(unlabelled.code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(unlabelled.message().find("labels"), std::string::npos);
  EXPECT_TRUE(quantized_by(graph, recipe, samples, {.labels = {0, 1, 2, 3}}).ok());
  EXPECT_EQ(quantized_by(graph, recipe, samples, {.labels = {0, 1, 2, 5}}).status().code(),
            ErrorCode::kInvalidArgument);  // there are five classes
  auto quantizer = Quantizer::make(graph, calibrated(graph, samples, recipe), recipe, kMakePlan);
  ASSERT_TRUE(quantizer.ok());
  EXPECT_EQ(quantizer->begin().code(), ErrorCode::kCalibrationData);
}

// x -> Q DQ -> c1 -> Q DQ -> c2 -> Q DQ -> flat -> Q DQ -> y; around c2 in float they are
// x -> Q DQ -> c1 -> Q DQ -> c2 -> flat -> Q DQ -> y.
TEST(Quantizer, WritesNoMorePairsAroundFloatLayersThanTheyNeed) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(3);
  Recipe recipe;
  const auto pairs = [&] {
    return count_of(must(quantized_by(graph, recipe, samples)).tuned.quantized.graph,
                    Op::kQuantizeLinear);
  };
  EXPECT_EQ(pairs(), 4);
  recipe.exclude = {"c2"};
  EXPECT_EQ(pairs(), 3);
  recipe.exclude = {"c2", "y"};
  EXPECT_EQ(pairs(), 2);
  recipe.exclude = {"c1", "c2"};
  EXPECT_EQ(pairs(), 1);
}

}  // namespace
}  // namespace octavo
