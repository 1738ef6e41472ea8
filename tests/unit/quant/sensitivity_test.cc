#include "quant/sensitivity.h"

#include <gtest/gtest.h>

#include <limits>

#include "quant/error_moments.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

const MakePlan kMakePlan = [](const Graph& graph, std::span<const Shape>) {
  return make_plan(graph);
};

Sensitivity measured(const Graph& graph, const Recipe& recipe, const std::vector<Sample>& samples,
                     int threads = 1) {
  auto made = SensitivityAnalysis::make(graph, calibrated(graph, samples, recipe), recipe,
                                        kMakePlan, threads);
  EXPECT_TRUE(made.ok()) << made.status().to_string();
  for (const Sample& sample : samples) made->add(sample);
  Status status = made->begin();
  for (int64_t done = 0; status.ok() && !made->ended(); ++done) {
    EXPECT_EQ(made->done(), done);
    status = made->step();
  }
  EXPECT_TRUE(status.ok()) << status.to_string();
  return made->found();
}

// SQNR of the outputs of a graph that is quantized by this recipe.
double sqnr_of(const Graph& graph, const Recipe& recipe, const std::vector<Sample>& samples) {
  const Calibration calibration = calibrated(graph, samples, recipe);
  const Graph rough = quantize(graph, calibration.ranges, recipe)->graph;
  ErrorMoments moments;
  for (const Sample& sample : samples) {
    moments.add(floats_of((*run_graph(graph, sample))[0]),
                floats_of((*run_graph(rough, sample))[0]));
  }
  return moments.sqnr_db();
}

TEST(Sensitivity, IsThatOfEachLayerAloneAndOfAllOthers) {
  const Graph graph = small_network();
  const std::vector<Sample> samples = samples_of(5);
  const Sensitivity found = measured(graph, Recipe(), samples);
  ASSERT_EQ(found.layers.size(), 3u);
  EXPECT_EQ(found.samples, 5);
  EXPECT_EQ(found.int8_share, 1);
  EXPECT_NEAR(found.quantized.sqnr_db, sqnr_of(graph, Recipe(), samples), 1e-3);
  const char* names[] = {"c1", "c2", "y"};
  for (size_t i = 0; i < 3; ++i) {
    const LayerSensitivity& layer = found.layers[i];
    EXPECT_EQ(layer.layer.name, names[i]);
    Recipe alone, left;
    alone.only = {names[i]};
    left.exclude = {names[i]};
    ASSERT_TRUE(layer.alone);
    EXPECT_NEAR(layer.alone->sqnr_db, sqnr_of(graph, alone, samples), 1e-3);
    EXPECT_NEAR(layer.left.sqnr_db, sqnr_of(graph, left, samples), 1e-3);
    EXPECT_GT(layer.float_ms, 0);
    EXPECT_GT(layer.int8_ms, 0);
  }
}

TEST(Sensitivity, TellsMultiplyAddsAndWeights) {
  const Sensitivity found = measured(small_network(), Recipe(), samples_of(1));
  EXPECT_EQ(found.layers[0].layer.macs, 8 * 4 * 3 * 3 * 8 * 8);
  EXPECT_EQ(found.layers[1].layer.macs, 6 * 8 * 3 * 3 * 3 * 3);
  EXPECT_EQ(found.layers[2].layer.macs, 54 * 5);
  EXPECT_EQ(found.layers[0].layer.weights, 8 * 4 * 3 * 3);
  EXPECT_EQ(found.layers[2].layer.weights, 54 * 5);
}

// Outputs without classes, whose distance is their noise by signal: these decibels.
LayerSensitivity layer_of(const char* name, int64_t macs, double alone_db, double left_db) {
  LayerSensitivity layer;
  layer.layer.name = name;
  layer.layer.macs = macs;
  layer.alone = Verdict{.sqnr_db = alone_db};
  layer.left.sqnr_db = left_db;
  return layer;
}

TEST(Sensitivity, SharesTheLossAmongLayers) {
  Sensitivity found;
  found.quantized.sqnr_db = 20;
  found.layers = {layer_of("a", 1, 30, 20), layer_of("b", 1, 20, 30), layer_of("c", 1, 40, 10)};
  EXPECT_NEAR(*loss_made(found, found.layers[0]), 0.1, 1e-5);
  EXPECT_NEAR(*loss_made(found, found.layers[1]), 1, 1e-5);
  EXPECT_NEAR(loss_saved(found, found.layers[0]), 0, 1e-5);
  EXPECT_NEAR(loss_saved(found, found.layers[1]), 0.9, 1e-5);
  EXPECT_NEAR(loss_saved(found, found.layers[2]), -9, 1e-4);
  found.layers[0].alone.reset();
  EXPECT_FALSE(loss_made(found, found.layers[0]));
  const auto sorted = worst_first(found);
  EXPECT_EQ(sorted[0]->layer.name, "b");
  EXPECT_EQ(sorted[2]->layer.name, "c");
}

TEST(Sensitivity, PicksCheapLayersThatStandOut) {
  Sensitivity found;
  found.quantized.sqnr_db = 20;
  found.layers = {layer_of("little", 10, 30, 20.1), layer_of("dear", 500, 30, 30),
                  layer_of("third", 10, 30, 21), layer_of("second", 100, 30, 22),
                  layer_of("rest", 380, 30, 20)};
  std::vector<std::string> names;
  for (const LayerSensitivity* layer : standing_out(found)) names.push_back(layer->layer.name);
  EXPECT_EQ(names, (std::vector<std::string>{"second", "third"}));
  found.quantized.sqnr_db = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(standing_out(found).empty());
  EXPECT_EQ(loss_saved(found, found.layers[0]), 0);
}

TEST(Sensitivity, OfWhatCannotBeQuantizedAloneIsThatOfOthersOnly) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId a = net.product(Op::kConv, "a", x, {4, 4, 1, 1}, 4, kImage);
  const ValueId sum = net.node(Op::kAdd, "sum", {a, x}, kImage);
  net.output(net.product(Op::kConv, "b", sum, {4, 4, 1, 1}, 4, kImage));
  const Sensitivity found = measured(net.graph, Recipe(), samples_of(2));
  ASSERT_EQ(found.layers.size(), 3u);
  EXPECT_EQ(found.layers[1].layer.name, "sum");
  EXPECT_FALSE(found.layers[1].alone);
  EXPECT_FALSE(found.quantized.agreement);  // a picture is no list of classes
}

TEST(Sensitivity, IsTheSameForAnyNumberOfThreads) {
  const std::vector<Sample> samples = samples_of(5);
  const Sensitivity one = measured(small_network(), Recipe(), samples);
  const Sensitivity two = measured(small_network(), Recipe(), samples, 2);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(one.layers[i].left == two.layers[i].left);
    EXPECT_TRUE(one.layers[i].alone == two.layers[i].alone);
  }
}

TEST(Sensitivity, WantsTheStaticSchemeAndSamples) {
  const Graph graph = small_network();
  Recipe dynamic;
  dynamic.scheme = Scheme::kDynamic;
  EXPECT_EQ(SensitivityAnalysis::make(graph, {}, dynamic, kMakePlan).status().code(),
            ErrorCode::kInvalidArgument);
  auto analysis = SensitivityAnalysis::make(graph, calibrated(graph, samples_of(1), Recipe()),
                                            Recipe(), kMakePlan);
  ASSERT_TRUE(analysis.ok());
  EXPECT_EQ(analysis->begin().code(), ErrorCode::kCalibrationData);
}

}  // namespace
}  // namespace octavo
