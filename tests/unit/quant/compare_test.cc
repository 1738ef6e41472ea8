#include "quant/compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "quant/calibrate.h"
#include "tests/unit/quant/corrections/equalize_network.h"
#include "tests/unit/quant/corrections/smooth_network.h"

namespace octavo {
namespace {

TEST(TopClasses, BestFirstAndTiesToTheLowerIndex) {
  EXPECT_EQ(top_classes(std::vector<float>{1, 5, 3, 5, 4}, 3), (std::vector<int64_t>{1, 3, 4}));
  EXPECT_EQ(top_classes(std::vector<float>{2, 2, 2}, 2), (std::vector<int64_t>{0, 1}));
  EXPECT_EQ(top_classes(std::vector<float>{1}, 5), (std::vector<int64_t>{0}));
}

// A Gemm from two numbers to as many classes as there are rows of weights.
std::shared_ptr<const Plan> classifier(const std::vector<float>& weights) {
  SmallGraph small;
  const int64_t classes = static_cast<int64_t>(weights.size()) / 2;
  const ValueId x = small.input("x", Shape{1, 2});
  const ValueId w = small.constant("w", weights, Shape{classes, 2});
  Attributes attrs;
  attrs.set("transB", int64_t{1});
  small.output(small.node(Op::kGemm, "y", {x, w}, Shape{1, classes}, attrs));
  const auto plan = make_plan(small.graph);
  EXPECT_TRUE(plan.ok()) << plan.status().to_string();
  return *plan;
}

SampleSource source_of(std::vector<std::vector<float>> samples) {
  SampleSource source;
  source.count = static_cast<int64_t>(samples.size());
  source.name = [](int64_t i) { return "sample " + std::to_string(i); };
  source.load = [samples](int64_t i, int) -> Result<std::vector<Tensor>> {
    const std::vector<float>& sample = samples[static_cast<size_t>(i)];
    if (sample.empty()) return Status(ErrorCode::kImage, "not a picture");
    return std::vector<Tensor>{Tensor::from(sample, Shape{1, 2})};
  };
  return source;
}

CompareReport compared(const std::shared_ptr<const Plan>& a, const std::shared_ptr<const Plan>& b,
                       const SampleSource& source, const CompareOptions& options) {
  const auto report = compare({a, 100}, {b, 25}, source, options);
  EXPECT_TRUE(report.ok()) << report.status().to_string();
  return report.ok() ? *report : CompareReport();
}

const std::vector<float> kFirstOrSecond = {1, 0, 0, 1};

TEST(Compare, CountsAgreementAndAccuracy) {
  const auto exact = classifier(kFirstOrSecond);
  const auto rough = classifier({1, 0, 0.5f, 0.9f});
  CompareOptions options;
  options.labels = {0, 1, 1, 0, -1};
  // The rough model answers 0, 1, 1, 1, 1.
  const auto source = source_of({{2, 0}, {0, 2}, {1, 1.5f}, {1.2f, 1}, {0, 1}});
  const CompareReport report = compared(exact, rough, source, options);
  EXPECT_EQ(report.images, 5);
  EXPECT_DOUBLE_EQ(*report.agreement, 0.8);
  EXPECT_DOUBLE_EQ(*report.float_model.top1, 1);
  EXPECT_DOUBLE_EQ(*report.quantized.top1, 0.75);
  EXPECT_DOUBLE_EQ(*report.quantized.top5, 1);
  EXPECT_EQ(report.quantized.bytes, 25u);
}

TEST(Compare, NamesTheSamplesWhoseAnswerFlipped) {
  CompareOptions options;
  options.labels = {0, -1, 0};
  const CompareReport report = compared(classifier(kFirstOrSecond), classifier({1, 0, 2, 0.5f}),
                                        source_of({{2, 0}, {3, 2}, {-1, 4}}), options);
  ASSERT_EQ(report.flips.size(), 2u);
  EXPECT_EQ(report.flips[0].name, "sample 0");
  EXPECT_EQ(report.flips[0].label, 0);
  EXPECT_EQ(report.flips[0].before.class_index, 0);
  EXPECT_EQ(report.flips[0].after.class_index, 1);
  EXPECT_NEAR(report.flips[0].before.confidence, 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_FALSE(report.flips[1].label.has_value());
  EXPECT_GT(*report.output.kl, 0);
}

TEST(Compare, EqualModelsAreExact) {
  const auto plan = classifier(kFirstOrSecond);
  const CompareReport report = compared(plan, plan, source_of({{1, 2}, {3, 4}}), {});
  EXPECT_EQ(report.output.sqnr_db, 200);
  EXPECT_EQ(report.output.cosine, 1);
  ASSERT_EQ(report.layers.size(), 1u);
  EXPECT_EQ(report.layers[0].name, "y");
  EXPECT_FALSE(report.layers[0].activations.has_value()) << "its output stays float";
  EXPECT_TRUE(report.flips.empty());
  EXPECT_EQ(report.output.kl, 0);
  EXPECT_EQ(report.layers[0].sqnr_db, 200);
  EXPECT_FALSE(report.float_model.top1.has_value());
}

TEST(Compare, SqnrIsSignalOverNoiseInDecibel) {
  // 1 against 1.1: noise a hundredth of the signal.
  const CompareReport report =
      compared(classifier({1, 0, 0, 0}), classifier({1.1f, 0, 0, 0}), source_of({{1, 0}}), {});
  EXPECT_NEAR(report.output.sqnr_db, 20, 1e-4);
}

TEST(Compare, AThousandAndOneClassesHaveABackground) {
  std::vector<float> weights(2002, 0.0f);
  weights[2 * 8] = 1;  // class 8 of 1001, 7 of 1000
  const auto plan = classifier(weights);
  CompareOptions options;
  options.labels = {7};
  EXPECT_DOUBLE_EQ(*compared(plan, plan, source_of({{1, 0}}), options).float_model.top1, 1);
  options.labels = {1000};
  const Status status = compare({plan, 0}, {plan, 0}, source_of({{1, 0}}), options).status();
  EXPECT_NE(status.message().find("beyond the model's last class 999"), std::string::npos);
}

TEST(Compare, LabelBeyondTheClassesIsRefused) {
  const auto plan = classifier(kFirstOrSecond);
  CompareOptions options;
  options.labels = {2};
  const Status status = compare({plan, 0}, {plan, 0}, source_of({{1, 0}}), options).status();
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.where(), "sample 0");
}

TEST(Compare, ModelsWithDifferentOutputsAreRefused) {
  const Status status = compare({classifier(kFirstOrSecond), 0},
                                {classifier({1, 0, 0, 1, 1, 1}), 0}, source_of({{1, 0}}), {})
                            .status();
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
}

TEST(Compare, UnusableSamplesAreSkippedByName) {
  const auto plan = classifier(kFirstOrSecond);
  const CompareReport report = compared(plan, plan, source_of({{}, {1, 0}, {}}), {});
  EXPECT_EQ(report.images, 1);
  ASSERT_EQ(report.skipped.size(), 2u);
  EXPECT_EQ(report.skipped[1].name, "sample 2");
  const Status status = compare({plan, 0}, {plan, 0}, source_of({{}, {}}), {}).status();
  EXPECT_EQ(status.code(), ErrorCode::kCalibrationData);
}

class Threads : public testing::TestWithParam<int> {
 protected:
  Threads() {
    for (int i = 0; i < 23; ++i) {
      const float t = static_cast<float>(i);
      samples_.push_back(i % 7 == 3 ? std::vector<float>()
                                    : std::vector<float>{t * 0.37f - 3, 1 - t});
    }
  }
  std::vector<std::vector<float>> samples_;
};

TEST_P(Threads, DoNotChangeAComparison) {
  const auto exact = classifier(kFirstOrSecond), rough = classifier({1.01f, 0.02f, -0.01f, 0.97f});
  CompareOptions options;
  options.timed_runs = 1;
  const CompareReport one = compared(exact, rough, source_of(samples_), options);
  options.threads = GetParam();
  const CompareReport many = compared(exact, rough, source_of(samples_), options);
  EXPECT_EQ(many.images, one.images);
  EXPECT_EQ(many.agreement, one.agreement);
  EXPECT_EQ(many.output.sqnr_db, one.output.sqnr_db);
  EXPECT_EQ(many.layers[0].sqnr_db, one.layers[0].sqnr_db);
  EXPECT_EQ(many.layers[0].cosine, one.layers[0].cosine);
  EXPECT_EQ(many.skipped.size(), one.skipped.size());
}

TEST_P(Threads, DoNotChangeACalibration) {
  const auto plan = classifier(kFirstOrSecond);
  const std::vector<std::string> values = {"x", "y"};
  for (const ObserverInfo& info : observers()) {
    Recipe recipe;
    recipe.observer = info.name;
    const auto one = calibrate(plan, values, source_of(samples_), recipe, 1);
    const auto many = calibrate(plan, values, source_of(samples_), recipe, GetParam());
    ASSERT_TRUE(one.ok() && many.ok());
    EXPECT_EQ(one->samples, 20);
    EXPECT_EQ(many->samples, 20);
    for (const std::string& value : values) {
      EXPECT_EQ(many->ranges.at(value).range, one->ranges.at(value).range) << info.name;
    }
    ASSERT_EQ(many->skipped.size(), 3u);
    EXPECT_EQ(many->skipped[2].name, "sample 17");
  }
}

INSTANTIATE_TEST_SUITE_P(Numbers, Threads, testing::Values(2, 3, 8, 50));

TEST(Calibrate, NanIsReportedWithTheNameOfItsValue) {
  const auto plan = classifier(kFirstOrSecond);
  const std::vector<std::string> values = {"x"};
  const auto source = source_of({{1, std::numeric_limits<float>::quiet_NaN()}});
  const Status status = calibrate(plan, values, source, Recipe(), 1).status();
  EXPECT_EQ(status.code(), ErrorCode::kCalibrationData);
  EXPECT_EQ(status.where(), "value 'x'");
}

// A copy of pictures of `side` x `side` by a convolution, which keeps channels last.
Range kl_mnn_range_of_pictures(int64_t side) {
  SmallGraph small;
  const Shape shape{1, 4, side, side};
  std::vector<float> identity(16);
  for (size_t i = 0; i < 4; ++i) identity[5 * i] = 1;
  const ValueId w = small.constant("w", identity, Shape{4, 4, 1, 1});
  small.output(small.node(Op::kConv, "y", {small.input("x", shape), w}, shape));
  const auto plan = make_plan(small.graph);
  EXPECT_TRUE(plan.ok());
  std::vector<float> values(static_cast<size_t>(shape.count()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 97) / 97;
  values[1] = 40;
  SampleSource source = source_of({{0, 0}});
  source.load = [&](int64_t, int) -> Result<std::vector<Tensor>> {
    return std::vector<Tensor>{Tensor::from(values, shape)};
  };
  Recipe recipe;
  recipe.observer = "kl_mnn";
  const std::vector<std::string> names = {"y"};
  const auto found = calibrate(*plan, names, source, recipe, 1);
  EXPECT_TRUE(found.ok());
  return found.ok() ? found->ranges.at("y").range : Range{};
}

TEST(Calibrate, TellsObserversHeightTimesWidth) {
  EXPECT_EQ(kl_mnn_range_of_pictures(9), (Range{0, 40})) << "81 are few";
  EXPECT_LT(kl_mnn_range_of_pictures(10).max, 40);
}

TEST(Calibrate, NoSamplesAtAllIsAnError) {
  const auto plan = classifier(kFirstOrSecond);
  EXPECT_EQ(calibrate(plan, {}, source_of({}), Recipe(), 2).status().code(),
            ErrorCode::kCalibrationData);
}

TEST(Calibrate, CanBeCancelled) {
  const auto plan = classifier(kFirstOrSecond);
  const Progress stop_at_two = [](std::string_view, int64_t done, int64_t) { return done < 2; };
  const auto source = source_of({{1, 0}, {1, 0}, {1, 0}});
  EXPECT_EQ(calibrate(plan, {}, source, Recipe(), 1, stop_at_two).status().code(),
            ErrorCode::kCancelled);
}

TEST(Calibrate, AnErrorThatIsNotOfOneSampleStops) {
  const auto plan = classifier(kFirstOrSecond);
  SampleSource source = source_of({{1, 0}, {1, 0}, {1, 0}});
  source.load = [](int64_t, int) -> Result<std::vector<Tensor>> {
    return Status(ErrorCode::kIo, "the disk is gone");
  };
  EXPECT_EQ(calibrate(plan, {}, source, Recipe(), 2).status().code(), ErrorCode::kIo);
}

// Two convolutions of one pixel, quantized with ranges that hold half of what the samples bring.
TEST(Compare, TellsOfTheValuesAndWeightsOfLayers) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId a = small.conv("a", x, {1, 0.25f}, 2);
  small.output(small.conv("b", a, {1, 1}, 1));
  const Range half{0, 2};
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  const QuantizeResult int8 =
      quantized(small.graph, ranges_of({{"x", {0, 4}}, {"a", half}, {"b", {0, 8}}}), recipe);
  const ComparedModel exact{*make_plan(small.graph), 0, &small.graph};
  const ComparedModel rough{*make_plan(int8.graph), 0, &int8.graph};
  SampleSource source;
  source.count = 1;
  source.name = [](int64_t) { return std::string("it"); };
  source.load = [](int64_t, int) -> Result<std::vector<Tensor>> {
    return std::vector<Tensor>{Tensor::from(std::vector<float>{4, 1}, Shape{1, 1, 2, 1})};
  };
  const auto report = compare(exact, rough, source, {});
  ASSERT_TRUE(report.ok()) << report.status().to_string();
  ASSERT_EQ(report->layers.size(), 2u);
  const LayerError& first = report->layers[0];
  ASSERT_TRUE(first.activations && first.weights);
  EXPECT_EQ(first.activations->observed, (Range{0.25f, 4}));
  EXPECT_NEAR(first.activations->chosen.max, 2, 1e-5);
  EXPECT_DOUBLE_EQ(first.activations->clipped, 0.25) << "4 of 4, 1, 1, 0.25";
  EXPECT_DOUBLE_EQ(first.weights->channel_spread, 4);
  EXPECT_EQ(first.weights->params.scale, std::vector<float>{1 / 127.0f});
  EXPECT_EQ(first.weights->observed, (Range{0.25f, 1}));
}

// Layers of an equalized model hold other numbers, and its weights are others: both are what the
// factors make of the float model's.
TEST(Compare, OfAnEqualizedModelSetsTheFactorsOffLayerByLayer) {
  const EqualizeNetwork net(1e6f);
  const std::vector<Sample> samples = samples_of(4);
  const ChannelFactors products = {{"c1", {-3, 2, 1, 0, 3, -2}}, {"dw", {1, 2, 3, -1, -2, -3}}};
  const auto factors = factors_from_products(net.graph, products);
  ASSERT_TRUE(factors.ok()) << factors.status().to_string();
  Graph equalized = net.graph;
  scale_products(equalized, *factors);
  const Recipe recipe;
  const Graph int8 =
      quantized(equalized, calibrated(equalized, samples, recipe).ranges, recipe).graph;
  const auto layers_of = [&](const Graph& exact, const ChannelFactors& by) {
    const ComparedModel quantized = {*make_plan(int8), 0, &int8, {.channels = by}};
    const auto report = compare({*make_plan(exact), 0, &exact}, quantized, source_of(samples), {});
    EXPECT_TRUE(report.ok()) << report.status().to_string();
    return report->layers;
  };
  const auto wanted = layers_of(equalized, {}), found = layers_of(net.graph, *factors),
             wrong = layers_of(net.graph, {});
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].sqnr_db, wanted[i].sqnr_db) << found[i].name;
    EXPECT_EQ(found[i].accumulated_sqnr_db, wanted[i].accumulated_sqnr_db) << found[i].name;
    ASSERT_EQ(found[i].weights.has_value(), wanted[i].weights.has_value());
    if (found[i].weights) {
      EXPECT_EQ(found[i].weights->observed, wanted[i].weights->observed);
    }
  }
  EXPECT_LT(wrong[0].sqnr_db, 10);
  EXPECT_GT(found[0].sqnr_db, 25);
}

TEST(Compare, OfASmoothedModelSetsTheFactorsOffToo) {
  const Graph graph = smooth_network();
  const std::vector<Sample> samples = samples_of(4, kText);
  const auto factors = features_from_places(
      graph, {{"norm", {-3, 2, 1, 0, 3, -2}}, {"beta", {1, 2, 3, -1, -2, -3}}});
  ASSERT_TRUE(factors.ok()) << factors.status().to_string();
  Graph smoothed = graph;
  smooth(smoothed, *factors);
  const Graph int8 = quantized(smoothed, calibrated(smoothed, samples, {}).ranges).graph;
  const auto layers_of = [&](const Graph& exact, const ChannelFactors& features) {
    const auto report =
        compare({*make_plan(exact), 0, &exact}, {*make_plan(int8), 0, &int8, {{}, features}},
                source_of(samples), {});
    EXPECT_TRUE(report.ok()) << report.status().to_string();
    return report->layers;
  };
  const auto wanted = layers_of(smoothed, {}), found = layers_of(graph, *factors);
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].sqnr_db, wanted[i].sqnr_db) << found[i].name;
    if (found[i].weights) {
      EXPECT_EQ(found[i].weights->observed, wanted[i].weights->observed);
    }
  }
  EXPECT_LT(layers_of(graph, {})[0].sqnr_db, 10);
}

// What a layer does alone: two convolutions, of which the second is exact but fed with errors.
TEST(Compare, ErrorOfALayerAloneIsNotThatOfTheOnesBeforeIt) {
  const auto two = [](float first) {
    SmallGraph small;
    const ValueId x = small.input("x", Shape{1, 2});
    const ValueId a = small.node(
        Op::kGemm, "a", {x, small.constant("w1", {first, 0, 0, 1}, Shape{2, 2})}, Shape{1, 2});
    small.output(small.node(Op::kGemm, "b", {a, small.constant("w2", {1, 2, 3, 4}, Shape{2, 2})},
                            Shape{1, 2}));
    return *make_plan(small.graph);
  };
  const CompareReport report = compared(two(1), two(1.1f), source_of({{1, 0}, {1, 0}}), {});
  ASSERT_EQ(report.layers.size(), 2u);
  EXPECT_NEAR(report.layers[0].sqnr_db, 20, 1e-4);
  EXPECT_NEAR(report.layers[0].accumulated_sqnr_db, 20, 1e-4);
  EXPECT_EQ(report.layers[1].sqnr_db, 200);
  EXPECT_NEAR(report.layers[1].accumulated_sqnr_db, 20, 1e-4);
}

}  // namespace
}  // namespace octavo
