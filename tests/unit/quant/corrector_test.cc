#include "quant/corrector.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "quant/corrections/correction_list.h"
#include "tests/unit/quant/small_network.h"

namespace octavo {
namespace {

const MakeBoundPlan kMakePlan = [](const Graph& graph) { return make_plan(graph); };
const std::vector<std::string> kAll = {kBias, kReconstruct};

Corrector corrector_of(const Graph& exact, Graph& quantized, const std::vector<Sample>& samples,
                       const std::vector<std::string>& wanted = kAll, int threads = 1) {
  auto corrector = Corrector::make(exact, quantized, wanted, kMakePlan, threads);
  EXPECT_TRUE(corrector.ok()) << corrector.status().to_string();
  for (const Sample& sample : samples) {
    const Status status = corrector->add(sample);
    EXPECT_TRUE(status.ok()) << status.to_string();
  }
  return *std::move(corrector);
}

std::vector<CorrectedLayer> corrected(const Graph& exact, Graph& quantized,
                                      const std::vector<Sample>& samples,
                                      const std::vector<std::string>& wanted = kAll,
                                      int threads = 1) {
  Corrector corrector = corrector_of(exact, quantized, samples, wanted, threads);
  while (corrector.done() < corrector.steps()) {
    const Status status = corrector.step();
    EXPECT_TRUE(status.ok()) << status.to_string();
    if (!status.ok()) break;
  }
  return corrector.layers();
}

// Weights are up to a step from the nearest.
void roughen(Graph& graph) {
  Noise noise(9);
  for (ValueId id = 0; id < static_cast<ValueId>(graph.value_count()); ++id) {
    const Tensor* tensor = graph.is_constant(id) ? graph.held_constant(id) : nullptr;
    if (!tensor || tensor->dtype() != DType::kInt8 || tensor->shape().rank() < 2) continue;
    std::vector<int8_t> q = values_of<int8_t>(graph, id);
    for (int8_t& x : q) {
      x = static_cast<int8_t>(std::clamp(x + noise.between(-1, 1), -127, 127));
    }
    graph.value(id).constant = share(Tensor::from(q, tensor->shape()));
  }
}

Graph rough_of(const Graph& exact, const std::vector<Sample>& samples, const Recipe& recipe = {}) {
  Graph graph = quantized(exact, calibrated(exact, samples, recipe).ranges, recipe).graph;
  roughen(graph);
  return graph;
}

std::vector<std::string> names_of(const std::vector<CorrectedLayer>& layers) {
  std::vector<std::string> names;
  for (const CorrectedLayer& layer : layers) names.push_back(layer.name);
  return names;
}

using Names = std::vector<std::string>;

void expect_gain(const Graph& exact, const Recipe& recipe, const Names& wanted,
                 const Shape& shape = kImage) {
  const std::vector<Sample> samples = samples_of(8, shape);
  Graph graph = rough_of(exact, samples, recipe);
  const double before = mean_square_error(exact, graph, samples);
  const std::vector<CorrectedLayer> layers = corrected(exact, graph, samples);
  EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
  EXPECT_EQ(names_of(layers), wanted);
  for (const CorrectedLayer& layer : layers) {
    EXPECT_GT(layer.before, 0) << layer.name;
    EXPECT_LE(layer.after, layer.before) << layer.name;
  }
  EXPECT_LT(mean_square_error(exact, graph, samples), 0.7 * before);
}

TEST(Corrector, LowersTheErrorsOfLayersAndOutput) {
  expect_gain(small_network(), {}, {"c1", "c2", "y"});
}

TEST(Corrector, LowersThoseOfWeightsPerTensorToo) {
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  expect_gain(small_network(), recipe, {"c1", "c2", "y"});
}

TEST(Corrector, LowersThoseOfInt8ActivationsToo) {
  Recipe recipe;
  recipe.activations = DType::kInt8;
  expect_gain(small_network(), recipe, {"c1", "c2", "y"});
}

TEST(Corrector, LowersThoseOfGroupsAndLayersWithoutBias) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId depthwise = net.product(Op::kConv, "depthwise", x, {4, 1, 3, 3}, 4, {1, 4, 6, 6},
                                        attributes_of({{"group", int64_t{4}}}), false);
  const ValueId groups = net.product(Op::kConv, "groups", depthwise, {6, 2, 3, 3}, 6, {1, 6, 4, 4},
                                     attributes_of({{"group", int64_t{2}}}));
  net.output(net.product(Op::kConv, "end", groups, {3, 6, 1, 1}, 3, {1, 3, 4, 4}));
  expect_gain(net.graph, {}, {"depthwise", "groups", "end"});
}

TEST(Corrector, LowersThoseOfProductsOfMatrices) {
  SmallNetwork net;
  const ValueId x = net.input("x", Shape{2, 6, 8});
  const ValueId first = net.product(Op::kMatMul, "first", x, {8, 10}, 10, {2, 6, 10}, {}, false);
  net.output(net.product(Op::kMatMul, "second", first, {10, 4}, 4, {2, 6, 4}, {}, false));
  expect_gain(net.graph, {}, {"first", "second"}, Shape{2, 6, 8});
}

TEST(Corrector, OfBiasesAloneLeavesWeightsUntouched) {
  const Graph exact = small_network();
  const std::vector<Sample> samples = samples_of(8);
  Graph graph = rough_of(exact, samples);
  const Graph before = graph;
  const std::vector<CorrectedLayer> layers = corrected(exact, graph, samples, {kBias});
  EXPECT_EQ(names_of(layers), (Names{"c1", "c2", "y"}));
  for (const char* name : {"c1_w_q", "c2_w_q", "y_w_q"}) {
    const ValueId id = graph.find_value(name);
    EXPECT_EQ(values_of<int8_t>(graph, id), values_of<int8_t>(before, id)) << name;
  }
  const ValueId bias = graph.find_value("c2_b_q");
  EXPECT_NE(values_of<int32_t>(graph, bias), values_of<int32_t>(before, bias));
  EXPECT_LT(mean_square_error(exact, graph, samples), mean_square_error(exact, before, samples));
}

TEST(Corrector, LeavesWeightsThatTwoNodesShareAlone) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  const ValueId w = net.noise("w", Shape{4, 4, 1, 1});
  const ValueId a = net.node(Op::kConv, "a", {x, w}, kImage);
  const ValueId b = net.node(Op::kConv, "b", {a, w}, kImage);
  net.output(net.product(Op::kConv, "end", b, {3, 4, 1, 1}, 3, {1, 3, 8, 8}));
  const std::vector<Sample> samples = samples_of(8);
  Graph graph = rough_of(net.graph, samples);
  const Graph before = graph;
  EXPECT_EQ(names_of(corrected(net.graph, graph, samples)), (Names{"end"}));
  const ValueId id = graph.find_value("w_q");
  EXPECT_EQ(values_of<int8_t>(graph, id), values_of<int8_t>(before, id));
}

TEST(Corrector, OfAModelWithoutProductsHasStepsButNoLayers) {
  SmallNetwork net;
  const ValueId x = net.input("x", kImage);
  net.output(net.node(Op::kNeg, "y", {x}, kImage));
  Graph graph = net.graph;
  Corrector corrector = corrector_of(net.graph, graph, samples_of(2));
  EXPECT_EQ(corrector.steps(), 1);
  EXPECT_EQ(corrector.done(), 0);
  EXPECT_TRUE(corrector.step().ok());
  EXPECT_EQ(corrector.done(), 1);
  EXPECT_TRUE(corrector.step().ok());  // and then there is nothing left
  EXPECT_EQ(corrector.done(), 1);
  EXPECT_TRUE(corrector.layers().empty());
}

TEST(Corrector, GivesTheSameBytesForAnyNumberOfThreads) {
  const Graph exact = small_network();
  const std::vector<Sample> samples = samples_of(7);
  Graph one = rough_of(exact, samples), two = one;
  const std::string before = constants_of(one);
  corrected(exact, one, samples, kAll, 1);
  corrected(exact, two, samples, kAll, 2);
  EXPECT_TRUE(constants_of(one) == constants_of(two));
  EXPECT_FALSE(constants_of(one) == before);
}

TEST(Corrector, TakesFewSamplesOfALargeModelAndManyOfASmallOne) {
  Graph graph = small_network();
  EXPECT_EQ(corrector_of(graph, graph, {}).most_samples(), 64);
  SmallNetwork large;
  const Shape shape{1, 64, 1024, 1024};
  large.output(large.node(Op::kNeg, "y", {large.input("x", shape)}, shape));
  EXPECT_EQ(corrector_of(large.graph, large.graph, {}).most_samples(), 4);
}

// What follows from the data of a sample has a place of its own, which is free after its last use.
TEST(Corrector, CorrectsProductsOfValuesWhoseLengthDataDecides) {
  SmallNetwork net;
  const ValueId x = net.input("x", Shape{40, 6});
  const ValueId mask = net.input("mask", Shape{40}, DType::kInt64);
  const ValueId found = net.node(Op::kNonZero, "found", {mask}, Shape{1, kDynamic});
  const ValueId rows =
      net.node(Op::kSqueeze, "rows", {found, net.integers("axis", {0})}, Shape{kDynamic});
  for (const ValueId id : {found, rows}) net.graph.value(id).dtype = DType::kInt64;
  const ValueId some = net.node(Op::kGather, "some", {x, rows}, Shape{kDynamic, 6});
  const ValueId first =
      net.product(Op::kMatMul, "first", some, {6, 8}, 8, {kDynamic, 8}, {}, false);
  net.output(net.product(Op::kMatMul, "y", first, {8, 3}, 3, {kDynamic, 3}, {}, false));
  std::vector<Sample> samples;
  for (int i = 0; i < 6; ++i) {
    std::vector<int64_t> bits(40);
    for (size_t j = 0; j < bits.size(); ++j) bits[j] = j % 3 == static_cast<size_t>(i % 3);
    samples.push_back(
        {noise_tensor(static_cast<uint32_t>(i + 1), Shape{40, 6}), Tensor::from(bits, Shape{40})});
  }
  Graph graph = rough_of(net.graph, samples);
  const double before = mean_square_error(net.graph, graph, samples);
  EXPECT_EQ(names_of(corrected(net.graph, graph, samples)), (Names{"first", "y"}));
  EXPECT_LT(mean_square_error(net.graph, graph, samples), 0.7 * before);
}

}  // namespace
}  // namespace octavo
