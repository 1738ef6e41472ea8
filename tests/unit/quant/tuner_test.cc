#include "quant/tuner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quant/corrections/correction_list.h"
#include "tests/unit/quant/corrections/equalize_network.h"
#include "tests/unit/quant/corrections/smooth_network.h"

namespace octavo {
namespace {

const MakePlan kMakePlan = [](const Graph& graph, std::span<const Shape>) {
  return make_plan(graph);
};

Recipe recipe_of(const std::string& observer, std::vector<std::string> corrections = {}) {
  Recipe recipe;
  recipe.observer = observer;
  recipe.corrections = std::move(corrections);
  return recipe;
}

Tuner tuner_of(const Graph& graph, Calibration calibration, const Recipe& recipe, int threads = 1) {
  auto tuner = Tuner::make(graph, std::move(calibration), recipe, kMakePlan, threads);
  EXPECT_TRUE(tuner.ok()) << tuner.status().to_string();
  return *std::move(tuner);
}

Tuned tuned(const Graph& graph, Calibration calibration, const Recipe& recipe,
            const std::vector<Sample>& samples, int threads = 1) {
  Tuner tuner = tuner_of(graph, std::move(calibration), recipe, threads);
  for (const Sample& sample : samples) tuner.add(sample);
  Status status = tuner.begin();
  std::string phase;
  int64_t done = 0;
  while (status.ok() && !tuner.ended()) {
    EXPECT_LT(tuner.done(), tuner.steps()) << tuner.phase();
    if (tuner.phase() == phase) {
      EXPECT_GE(tuner.done(), done) << phase;
    }
    phase = tuner.phase();
    done = tuner.done();
    status = tuner.step();
  }
  EXPECT_TRUE(status.ok()) << status.to_string();
  return tuner.finish();
}

// Mostly small values and few large ones, so that the observers do not agree.
std::vector<Sample> tailed_samples(int count) {
  std::vector<Sample> samples = samples_of(count);
  for (Sample& sample : samples) {
    std::vector<float> values = floats_of(sample[0]);
    for (float& x : values) x = x * x * x * x * x;
    values[7] = 300;
    sample = {Tensor::from(values, sample[0].shape())};
  }
  return samples;
}

std::vector<std::string> names_of(const std::vector<Trial>& trials) {
  std::vector<std::string> names;
  for (const Trial& trial : trials) names.push_back(trial.name);
  return names;
}

size_t kept_of(const std::vector<Trial>& trials) {
  const auto is_kept = [](const Trial& trial) { return trial.kept; };
  EXPECT_EQ(std::count_if(trials.begin(), trials.end(), is_kept), 1);
  return static_cast<size_t>(std::find_if(trials.begin(), trials.end(), is_kept) - trials.begin());
}

bool is_before(const Trial& a, const Trial& b) { return is_nearer(a.verdict, b.verdict); }

// Whether no other is nearer, and some are not as near.
bool is_nearest(const Trial& trial, const std::vector<Trial>& trials) {
  return std::none_of(trials.begin(), trials.end(),
                      [&](const Trial& other) { return is_before(other, trial); }) &&
         std::any_of(trials.begin(), trials.end(),
                     [&](const Trial& other) { return is_before(trial, other); });
}

TEST(Tuner, OfObserverAutoKeepsTheTrialWhoseAnswersAreNearest) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = tailed_samples(6);
  const Recipe recipe = recipe_of(kAuto);
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned found = tuned(graph, calibration, recipe, samples);
  const size_t choices = calibration.choices.size();
  ASSERT_EQ(found.trials.size(), choices + 1);
  ASSERT_GT(choices, 2u);
  const size_t kept = kept_of(found.trials);
  EXPECT_TRUE(is_nearest(found.trials[kept], found.trials));
  for (size_t i = 0; i < choices; ++i) {
    EXPECT_EQ(found.trials[i].name, "observer " + calibration.choices[i].name);
  }
  EXPECT_EQ(found.trials[choices].name, "observer auto, by layer");
  if (kept < choices) {
    const Graph wanted = quantized(graph, calibration.choices[kept].ranges, recipe).graph;
    EXPECT_TRUE(constants_of(found.quantized.graph) == constants_of(wanted));
  }
  EXPECT_TRUE(found.corrections.empty());
}

// What a trial says is what the model does.
TEST(Tuner, TellsTheSqnrOfTheModelThatItKeeps) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(5);
  const Recipe recipe = recipe_of("min_max", {kBias, kReconstruct});
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  double signal = 0;
  for (const Sample& sample : samples) {
    for (const float y : floats_of((*run_graph(graph, sample))[0])) {
      signal += static_cast<double>(y) * static_cast<double>(y) / 5;
    }
  }
  const double noise = mean_square_error(graph, found.quantized.graph, samples);
  EXPECT_NEAR(found.trials[kept_of(found.trials)].verdict.sqnr_db,
              10 * std::log10(signal / 5 / noise), 1e-3);
}

TEST(Tuner, KeepsCorrectionsThatHelp) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(40);
  Recipe recipe = recipe_of("min_max", {kBias, kReconstruct});
  recipe.weight_bits = 7;
  recipe.weights = Granularity::kPerTensor;
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned found = tuned(graph, calibration, recipe, samples);
  EXPECT_EQ(names_of(found.trials),
            (std::vector<std::string>{"observer min_max", "observer min_max, corrected"}));
  EXPECT_EQ(kept_of(found.trials), 1u);
  EXPECT_TRUE(is_before(found.trials[1], found.trials[0]));
  EXPECT_EQ(found.corrections.size(), 3u);
  const Graph plain = quantized(graph, calibration.ranges, recipe).graph;
  EXPECT_FALSE(constants_of(found.quantized.graph) == constants_of(plain));
}

// Without products nothing is corrected, and what is not better is not kept.
TEST(Tuner, KeepsNoCorrectionsThatDoNotHelp) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  net.output(net.node(Op::kMaxPool, "y", {x}, {1, 4, 7, 7},
                      attributes_of({{"kernel_shape", std::vector<int64_t>{2, 2}}})));
  const std::vector<Sample> samples = samples_of(4);
  const Recipe recipe = recipe_of("min_max", {kReconstruct});
  const Tuned found = tuned(net.graph, calibrated(net.graph, samples, recipe), recipe, samples);
  ASSERT_EQ(found.trials.size(), 2u);
  EXPECT_EQ(kept_of(found.trials), 0u);
  EXPECT_EQ(found.trials[0].verdict.sqnr_db, found.trials[1].verdict.sqnr_db);
  EXPECT_TRUE(found.corrections.empty());
}

TEST(Tuner, CorrectsTheBestTwoOfObserverAuto) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = tailed_samples(8);
  const Recipe recipe = recipe_of(kAuto, {kReconstruct});
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned found = tuned(graph, calibration, recipe, samples);
  const size_t choices = calibration.choices.size() + 1;  // ranges by layer are one more
  ASSERT_EQ(found.trials.size(), choices + 2);
  std::vector<Trial> plain(found.trials.begin(), found.trials.end() - 2);
  std::stable_sort(plain.begin(), plain.end(), is_before);
  EXPECT_EQ(found.trials[choices].name, plain[0].name + ", corrected");
  const size_t kept = kept_of(found.trials);
  EXPECT_TRUE(is_nearest(found.trials[kept], found.trials));
  EXPECT_EQ(!found.corrections.empty(), kept >= choices);
}

Recipe equalizing(std::vector<std::string> corrections = {kEqualize}) {
  Recipe recipe = recipe_of("min_max", std::move(corrections));
  recipe.weights = Granularity::kPerTensor;
  return recipe;
}

TEST(Tuner, TriesTheEqualizedGraphBesideThePlainOne) {
  const Graph graph = uneven_network();
  const std::vector<Sample> samples = samples_of(12);
  const Recipe recipe = equalizing();
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  EXPECT_EQ(names_of(found.trials),
            (std::vector<std::string>{"observer min_max", "observer min_max, equalized"}));
  EXPECT_EQ(kept_of(found.trials), 1u);
  EXPECT_GT(found.trials[1].verdict.sqnr_db, found.trials[0].verdict.sqnr_db + 3);
  const auto factors = factors_from_products(graph, found.factors);
  ASSERT_TRUE(factors.ok()) << factors.status().to_string();
  Graph equalized = graph;
  scale_products(equalized, *factors);
  const Ranges ranges = calibrated(equalized, samples, recipe).ranges;
  EXPECT_TRUE(constants_of(found.quantized.graph) ==
              constants_of(quantized(equalized, ranges, recipe).graph));
}

TEST(Tuner, CorrectsTheBestOfThePlainAndOfTheEqualizedGraph) {
  const Graph graph = uneven_network();
  const std::vector<Sample> samples = samples_of(12);
  Recipe recipe = equalizing({kEqualize, kReconstruct});
  recipe.observer = kAuto;
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  const auto corrected_of = [&](bool equalized) {
    return std::count_if(found.trials.begin(), found.trials.end(), [&](const Trial& trial) {
      return trial.name.ends_with(", corrected") &&
             (trial.name.find(", equalized") != std::string::npos) == equalized;
    });
  };
  EXPECT_EQ(corrected_of(false), 1);
  EXPECT_EQ(corrected_of(true), 1);
  const bool kept = found.trials[kept_of(found.trials)].name.find("equalized") != std::string::npos;
  EXPECT_EQ(!found.factors.empty(), kept);
}

TEST(Tuner, EqualizesNothingWhereWeightsHaveAScaleAChannel) {
  const Graph graph = uneven_network();
  const Recipe recipe = recipe_of("min_max", {kEqualize});
  EXPECT_EQ(tuner_of(graph, calibrated(graph, samples_of(2), recipe), recipe).samples(), 0);
}

// The range is for the values as they are.
TEST(Tuner, LeavesValuesWithRangesByHandUnequalized) {
  const Graph graph = uneven_network();
  const std::vector<Sample> samples = samples_of(4);
  Recipe recipe = equalizing();
  for (const char* name : {"r1", "r2", "c2"}) recipe.input_ranges[name] = {-1, 1};
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  EXPECT_EQ(found.trials.size(), 1u);
  EXPECT_TRUE(found.factors.empty());
}

// Outputs of one position and noise that has a mean: what is left is a bias.
TEST(Tuner, CorrectsBiasesByTheMeansOfSamples) {
  const Graph graph = small_network();
  std::vector<Sample> samples = samples_of(20);
  for (Sample& sample : samples) {
    std::vector<float> x = floats_of(sample[0]);
    for (float& one : x) one = 3 + one / 4;
    sample = {Tensor::from(x, sample[0].shape())};
  }
  Recipe recipe = recipe_of("min_max", {kAnalyticBias});
  recipe.weight_bits = 7;
  recipe.weights = Granularity::kPerTensor;
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  EXPECT_EQ(names_of(found.trials),
            (std::vector<std::string>{"observer min_max", "observer min_max, corrected"}));
  EXPECT_EQ(kept_of(found.trials), 1u);
  EXPECT_GT(found.trials[1].verdict.sqnr_db, found.trials[0].verdict.sqnr_db + 3);
  ASSERT_EQ(found.corrections.size(), 3u);
  for (const CorrectedLayer& layer : found.corrections) EXPECT_LT(layer.after, layer.before * 0.75);
}

TEST(Tuner, SmoothsFeaturesThatAreMuchLargerThanOthers) {
  const Graph graph = smooth_network(100);
  const std::vector<Sample> samples = samples_of(12, kText);
  const Recipe recipe = recipe_of("min_max", {kSmooth});
  const Tuned found = tuned(graph, calibrated(graph, samples, recipe), recipe, samples);
  const Trial &plain = found.trials[0], &kept = found.trials[kept_of(found.trials)];
  EXPECT_EQ(plain.name, "observer min_max");
  EXPECT_TRUE(kept.name.starts_with("observer min_max, smoothed by 0.")) << kept.name;
  EXPECT_TRUE(is_nearest(kept, found.trials));
  EXPECT_GT(kept.verdict.sqnr_db, plain.verdict.sqnr_db + 6);
  ASSERT_FALSE(found.corrections.empty());
  for (const CorrectedLayer& layer : found.corrections) EXPECT_LT(layer.after, layer.before);
  Graph smoothed = graph;
  smooth(smoothed, found.features);
  EXPECT_TRUE(constants_of(*found.equalized) == constants_of(smoothed));
  const Ranges ranges = calibrated(smoothed, samples, recipe).ranges;
  EXPECT_TRUE(constants_of(found.quantized.graph) ==
              constants_of(quantized(smoothed, ranges, recipe).graph));
}

TEST(Tuner, SmoothsTogetherWithOtherCorrections) {
  const Graph graph = smooth_network(100);
  const std::vector<Sample> samples = samples_of(12, kText);
  Recipe recipe = equalizing({kSmooth, kEqualize, kReconstruct});
  recipe.observer = kAuto;
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned one = tuned(graph, calibration, recipe, samples, 1);
  const Tuned two = tuned(graph, calibration, recipe, samples, 2);
  EXPECT_TRUE(constants_of(one.quantized.graph) == constants_of(two.quantized.graph));
  EXPECT_TRUE(is_nearest(one.trials[kept_of(one.trials)], one.trials));
  EXPECT_FALSE(one.features.empty());
}

TEST(Tuner, SmoothsNothingWhereThereIsNoPlaceForIt) {
  const Recipe recipe = recipe_of("min_max", {kSmooth});
  const Graph images = small_network();
  EXPECT_EQ(tuner_of(images, calibrated(images, samples_of(2), recipe), recipe).samples(), 0);
  const Graph graph = smooth_network(100);
  const std::vector<Sample> samples = samples_of(4, kText);
  Recipe by_hand = recipe;
  for (const char* name : {"norm", "beta", "up"}) by_hand.input_ranges[name] = {-1, 1};
  EXPECT_EQ(tuner_of(graph, calibrated(graph, samples, recipe), by_hand).samples(), 0);
}

TEST(Tuner, WantsSamplesOnlyWhereThereIsAChoiceOrACorrection) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(2);
  Recipe dynamic = recipe_of("min_max", {kBias});
  dynamic.scheme = Scheme::kDynamic;
  const Recipe fixed = recipe_of("min_max"), corrected = recipe_of("min_max", {kBias}),
               by_choice = recipe_of(kAuto);
  EXPECT_EQ(tuner_of(graph, {}, dynamic).samples(), 0);
  EXPECT_EQ(tuner_of(graph, calibrated(graph, samples, fixed), fixed).samples(), 0);
  EXPECT_GT(tuner_of(graph, calibrated(graph, samples, fixed), corrected).samples(), 0);
  EXPECT_GT(tuner_of(graph, calibrated(graph, samples, by_choice), by_choice).samples(), 0);
}

TEST(Tuner, WithoutAChoiceIsWhatQuantizeGives) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(2);
  const Recipe recipe = recipe_of("min_max");
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned found = tuned(graph, calibration, recipe, samples);  // which it does not take
  EXPECT_TRUE(found.trials.empty());
  EXPECT_TRUE(constants_of(found.quantized.graph) ==
              constants_of(quantized(graph, calibration.ranges, recipe).graph));
}

// How much is tried within a time is chance, but for none of it.
TEST(Tuner, BeyondItsTimeKeepsTheBestSoFar) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = tailed_samples(4);
  Recipe recipe = recipe_of(kAuto, {kReconstruct});
  recipe.goal.time_limit = 1e-9;
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned found = tuned(graph, calibration, recipe, samples);
  EXPECT_EQ(names_of(found.trials),
            (std::vector<std::string>{"observer " + calibration.choices[0].name}));
  EXPECT_EQ(kept_of(found.trials), 0u);
  EXPECT_TRUE(constants_of(found.quantized.graph) ==
              constants_of(quantized(graph, calibration.choices[0].ranges, recipe).graph));
}

TEST(Tuner, SaysThatItWantsSamplesWhereNoneCame) {
  const Graph graph = small_network();
  const Recipe recipe = recipe_of("min_max", {kBias});
  Tuner tuner = tuner_of(graph, calibrated(graph, samples_of(1), recipe), recipe);
  EXPECT_EQ(tuner.begin().code(), ErrorCode::kCalibrationData);
}

TEST(Tuner, PassesOverSamplesOfOtherShapes) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(3);
  std::vector<Sample> mixed = samples;
  mixed.insert(mixed.begin() + 1, {noise_tensor(1, Shape{1, 4, 9, 8})});
  mixed.push_back({});
  const Recipe recipe = recipe_of("min_max", {kReconstruct});
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned a = tuned(graph, calibration, recipe, samples);
  const Tuned b = tuned(graph, calibration, recipe, mixed);
  EXPECT_TRUE(constants_of(a.quantized.graph) == constants_of(b.quantized.graph));
  EXPECT_EQ(a.trials[1].verdict.sqnr_db, b.trials[1].verdict.sqnr_db);
}

TEST(Tuner, GivesTheSameBytesForAnyNumberOfThreads) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = tailed_samples(7);
  const Recipe recipe = recipe_of(kAuto, {kBias, kReconstruct});
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Tuned one = tuned(graph, calibration, recipe, samples, 1);
  const Tuned two = tuned(graph, calibration, recipe, samples, 2);
  EXPECT_TRUE(constants_of(one.quantized.graph) == constants_of(two.quantized.graph));
  ASSERT_EQ(names_of(one.trials), names_of(two.trials));
  for (size_t i = 0; i < one.trials.size(); ++i) {
    EXPECT_EQ(one.trials[i].verdict.sqnr_db, two.trials[i].verdict.sqnr_db);
    EXPECT_EQ(one.trials[i].verdict.kl, two.trials[i].verdict.kl);
    EXPECT_EQ(one.trials[i].kept, two.trials[i].kept);
  }
}

// Infinite outputs make every SQNR a NaN: none is better than the first.
TEST(Tuner, OfOutputsThatAreInfiniteKeepsTheFirstTrial) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  net.output(net.product(Op::kConv, "y", x, {3, 4, 1, 1}, 3, {1, 3, 8, 8}));
  net.output(net.node(Op::kLog, "log", {x}, kImage));
  std::vector<Sample> samples;
  for (int i = 0; i < 4; ++i) samples.push_back({Tensor::from(std::vector<float>(256), kImage)});
  const Recipe recipe = recipe_of(kAuto, {kReconstruct});
  const Tuned found = tuned(net.graph, calibrated(net.graph, samples, recipe), recipe, samples);
  EXPECT_EQ(kept_of(found.trials), 0u);
}

// The float model finds values above 0 that the integers do not tell from 0.
TEST(Tuner, JudgesOutputsWhoseLengthDataDecides) {
  SmallNetwork net;
  const ValueId x = net.input("x", Shape{1, 4});
  const ValueId w =
      net.constant("w", {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}, Shape{4, 4});
  const ValueId y = net.node(Op::kMatMul, "y", {x, w}, Shape{1, 4});
  const ValueId found = net.node(Op::kNonZero, "found", {y}, Shape{2, kDynamic});
  net.graph.value(found).dtype = DType::kInt64;
  net.output(net.node(Op::kCast, "places", {found}, Shape{2, kDynamic},
                      attributes_of({{"to", int64_t{1}}})));
  const std::vector<Sample> samples = {
      {Tensor::from(std::vector<float>{1e-4f, 100, 50, 1e-4f}, Shape{1, 4})}};
  const Recipe recipe = recipe_of("min_max", {kBias});
  const Tuned tried = tuned(net.graph, calibrated(net.graph, samples, recipe), recipe, samples);
  ASSERT_EQ(tried.trials.size(), 2u);
  // Places 0 0 0 0 and 0 1 2 3 against 0 0 and 1 2.
  EXPECT_LT(tried.trials[0].verdict.sqnr_db, 10);
  EXPECT_GT(tried.trials[0].verdict.sqnr_db, -10);
}

}  // namespace
}  // namespace octavo
