#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "graph/shape_inference.h"
#include "tests/unit/quant/small_graph.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

Recipe dynamic() {
  Recipe recipe;
  recipe.scheme = Scheme::kDynamic;
  return recipe;
}

std::vector<float> noise_values(uint32_t seed, const Shape& shape) {
  return floats_of(noise_tensor(seed, shape));
}

// How near the quantized graph is, in dB, on noise.
double sqnr_of(const Graph& exact, const Graph& rough) {
  std::vector<Tensor> inputs;
  for (const ValueId id : exact.inputs) {
    inputs.push_back(noise_tensor(11, *exact.value(id).shape));
  }
  const auto a = run_graph(exact, inputs), b = run_graph(rough, inputs);
  EXPECT_TRUE(a.ok() && b.ok()) << a.status().to_string() << b.status().to_string();
  if (!a.ok() || !b.ok()) return 0;
  double signal = 0, noise = 0;
  for (size_t i = 0; i < floats_of((*a)[0]).size(); ++i) {
    const double r = floats_of((*a)[0])[i], q = floats_of((*b)[0])[i];
    signal += r * r;
    noise += (r - q) * (r - q);
  }
  return 10 * std::log10(signal / noise);
}

// x -> MatMul(w) -> y and x -> Gemm(w, b) -> z, z -> MatMul(v) -> end
class Products : public testing::Test {
 protected:
  Products() {
    const ValueId x = small_.input("x", Shape{4, 16});
    const ValueId y = small_.node(
        Op::kMatMul, "y", {x, small_.constant("y_w", noise_values(1, {16, 8}), Shape{16, 8})},
        Shape{4, 8});
    Attributes attrs;
    attrs.set("transB", int64_t{1});
    const ValueId z = small_.node(Op::kGemm, "z",
                                  {x, small_.constant("z_w", noise_values(2, {8, 16}), {8, 16}),
                                   small_.constant("z_b", noise_values(3, {8}), {8})},
                                  Shape{4, 8}, attrs);
    small_.output(small_.node(Op::kAdd, "end", {y, z}, Shape{4, 8}));
  }
  SmallGraph small_;
};

TEST_F(Products, NeedNoRangesAndStayNear) {
  const QuantizeResult result = quantized(small_.graph, {}, dynamic());
  EXPECT_TRUE(line_of(result, "y").quantized);
  EXPECT_TRUE(line_of(result, "z").quantized);
  EXPECT_EQ(line_of(result, "end").reason, "Add stays in float");
  EXPECT_GT(sqnr_of(small_.graph, result.graph), 35);
}

TEST_F(Products, ShareTheQuantizedInput) {
  const Graph graph = quantized(small_.graph, {}, dynamic()).graph;
  EXPECT_EQ(count_ops(graph, Op::kDynamicQuantizeLinear), 1);
  EXPECT_EQ(count_ops(graph, Op::kMatMulInteger), 2);
  EXPECT_EQ(count_ops(graph, Op::kGemm) + count_ops(graph, Op::kMatMul), 0);
}

TEST_F(Products, KeepNamesOfNodesAndOutputs) {
  const Graph graph = quantized(small_.graph, {}, dynamic()).graph;
  EXPECT_EQ(node_named(graph, "y").op, Op::kMatMulInteger);
  EXPECT_EQ(graph.node(graph.producer(graph.find_value("y"))).op, Op::kMul);
  EXPECT_EQ(graph.node(graph.producer(graph.find_value("z"))).op, Op::kAdd);
}

TEST_F(Products, WeightsAreInt8WithOneScaleAColumnOrOneInAll) {
  for (const Granularity weights : {Granularity::kPerChannel, Granularity::kPerTensor}) {
    Recipe recipe = dynamic();
    recipe.weights = weights;
    const Graph graph = quantized(small_.graph, {}, recipe).graph;
    const Tensor* w = graph.held_constant(node_named(graph, "z").inputs[1]);
    ASSERT_NE(w, nullptr);
    EXPECT_EQ(w->dtype(), DType::kInt8);
    EXPECT_EQ(w->shape(), (Shape{16, 8})) << "transposed";
    int64_t scales = 0;
    for (const NodeId id : graph.live_nodes()) {
      if (graph.node(id).op != Op::kMul) continue;
      const Tensor* scale = graph.held_constant(graph.node(id).inputs[1]);
      if (scale) scales = scale->count();
    }
    EXPECT_EQ(scales, weights == Granularity::kPerChannel ? 8 : 1);
    EXPECT_GT(sqnr_of(small_.graph, graph), 30);
  }
}

TEST_F(Products, StayInFloatWhereTheRecipeSaysSo) {
  Recipe recipe = dynamic();
  recipe.exclude = {"y"};
  const QuantizeResult result = quantized(small_.graph, {}, recipe);
  EXPECT_EQ(line_of(result, "y").reason, "excluded by 'y'");
  EXPECT_EQ(count_ops(result.graph, Op::kMatMul), 1);
}

TEST_F(Products, AreNotQuantizedTwice) {
  const Graph graph = quantized(small_.graph, {}, dynamic()).graph;
  EXPECT_EQ(quantize(graph, {}, dynamic()).status().code(), ErrorCode::kInvalidArgument);
}

TEST(QuantizeDynamic, RefusesWeightsThatAreNotFinite) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1});
  const float inf = std::numeric_limits<float>::infinity();
  small.output(small.node(Op::kMatMul, "y", {x, small.constant("w", {inf}, {1, 1})}, {1, 1}));
  EXPECT_EQ(quantize(small.graph, {}, dynamic()).status().code(), ErrorCode::kModelUnsupported);
}

TEST(QuantizeDynamic, SaysWhyOtherNodesStayInFloat) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 2});
  const ValueId y = small.node(Op::kConvTranspose, "transposed",
                               {x, small.constant("w", {1}, {1, 1, 1, 1})}, Shape{1, 1, 2, 2});
  small.output(small.node(Op::kMatMul, "product", {y, y}, Shape{1, 1, 2, 2}));
  const QuantizeResult result = quantized(small.graph, {}, dynamic());
  EXPECT_EQ(line_of(result, "transposed").reason,
            "ONNX has no ConvTranspose of integers; the static scheme quantizes it");
  EXPECT_EQ(line_of(result, "product").reason, "its weights are not a constant matrix");
}

// x -> Conv -> Relu -> depthwise Conv -> y
class Convolutions : public testing::Test {
 protected:
  Convolutions() {
    const ValueId x = small_.input("x", Shape{1, 3, 9, 9});
    Attributes attrs, depthwise;
    attrs.set("pads", std::vector<int64_t>{1, 1, 1, 1});
    attrs.set("strides", std::vector<int64_t>{2, 2});
    depthwise.set("group", int64_t{10});
    const ValueId a =
        small_.node(Op::kConv, "a",
                    {x, small_.constant("a_w", noise_values(1, {10, 3, 3, 3}), {10, 3, 3, 3}),
                     small_.constant("a_b", noise_values(2, {10}), {10})},
                    Shape{1, 10, 5, 5}, attrs);
    const ValueId r = small_.node(Op::kRelu, "r", {a}, Shape{1, 10, 5, 5});
    small_.output(small_.node(
        Op::kConv, "b", {r, small_.constant("b_w", noise_values(3, {10, 1, 3, 3}), {10, 1, 3, 3})},
        Shape{1, 10, 3, 3}, depthwise));
  }
  SmallGraph small_;
};

TEST_F(Convolutions, BecomeConvIntegerWithWeightsAround128) {
  for (const Granularity weights : {Granularity::kPerChannel, Granularity::kPerTensor}) {
    Recipe recipe = dynamic();
    recipe.weights = weights;
    const Graph graph = quantized(small_.graph, {}, recipe).graph;
    EXPECT_EQ(count_ops(graph, Op::kConvInteger), 2);
    EXPECT_EQ(count_ops(graph, Op::kDynamicQuantizeLinear), 2);
    EXPECT_EQ(count_ops(graph, Op::kAdd), 1) << "a has a bias";
    const Node& a = node_named(graph, "a");
    ASSERT_EQ(a.inputs.size(), 4u);
    EXPECT_EQ(graph.held_constant(a.inputs[1])->dtype(), DType::kUint8);
    EXPECT_EQ(graph.held_constant(a.inputs[3])->integers(), (std::vector<int64_t>{128}));
    EXPECT_EQ(a.attrs.get_ints("strides"), (std::vector<int64_t>{2, 2}));
    EXPECT_EQ(node_named(graph, "b").attrs.get_int("group", 1), 10);
    EXPECT_GT(sqnr_of(small_.graph, graph), 35);
  }
}

TEST_F(Convolutions, StayInFloatWhereTheRecipeExcludesThem) {
  Recipe recipe = dynamic();
  recipe.exclude_ops = {"Conv"};
  const QuantizeResult result = quantized(small_.graph, {}, recipe);
  EXPECT_EQ(line_of(result, "a").reason, "excluded by 'Conv'");
  EXPECT_EQ(count_ops(result.graph, Op::kConv), 2);
}

// Its weights become small; its arithmetic stays float.
TEST(QuantizeDynamic, StoresTablesAndGruAsIntegers) {
  SmallGraph small;
  const ValueId i = small.input("i", Shape{3, 1}, DType::kInt64);
  const ValueId x =
      small.node(Op::kGather, "rows", {small.constant("table", noise_values(1, {9, 8}), {9, 8}), i},
                 {3, 1, 8});
  Attributes attrs;
  attrs.set("hidden_size", int64_t{4});
  small.output(small.node(Op::kGRU, "gru",
                          {x, small.constant("w", noise_values(2, {1, 12, 8}), {1, 12, 8}),
                           small.constant("r", noise_values(3, {1, 12, 4}), {1, 12, 4})},
                          {3, 1, 1, 4}, attrs));
  const QuantizeResult result = quantized(small.graph, {}, dynamic());
  EXPECT_TRUE(line_of(result, "rows").quantized);
  EXPECT_TRUE(line_of(result, "gru").quantized);
  EXPECT_EQ(count_ops(result.graph, Op::kDequantizeLinear), 3);
  const std::vector<Tensor> rows = {Tensor::from(std::vector<int64_t>{8, 0, 3}, Shape{3, 1})};
  const auto exact = run_graph(small.graph, rows), rough = run_graph(result.graph, rows);
  ASSERT_TRUE(exact.ok() && rough.ok());
  for (size_t at = 0; at < 12; ++at) {
    EXPECT_NEAR(floats_of((*exact)[0])[at], floats_of((*rough)[0])[at], 0.05) << at;
  }
}

class Lstm : public testing::TestWithParam<Granularity> {
 protected:
  Lstm() {
    const ValueId x = small_.input("x", Shape{5, 1, 8});
    const Shape w{2, 24, 8}, r{2, 24, 6}, b{2, 48};
    Attributes attrs;
    attrs.set("direction", std::string("bidirectional"));
    attrs.set("hidden_size", int64_t{6});
    small_.output(small_.node(
        Op::kLSTM, "lstm",
        {x, small_.constant("w", noise_values(1, w), w),
         small_.constant("r", noise_values(2, r), r), small_.constant("b", noise_values(3, b), b)},
        Shape{5, 2, 1, 6}, attrs));
  }
  SmallGraph small_;
};

TEST_P(Lstm, BecomesThatOfOnnxRuntimeAndStaysNear) {
  Recipe recipe = dynamic();
  recipe.weights = GetParam();
  const Graph graph = quantized(small_.graph, {}, recipe).graph;
  const Node& node = node_named(graph, "lstm");
  EXPECT_EQ(node.op, Op::kDynamicQuantizeLSTM);
  EXPECT_EQ(node.domain, "com.microsoft");
  ASSERT_EQ(node.inputs.size(), 12u);
  EXPECT_EQ(graph.constant(node.inputs[2])->shape(), (Shape{2, 6, 24}));
  EXPECT_EQ(graph.constant(node.inputs[8])->shape(),
            GetParam() == Granularity::kPerChannel ? (Shape{2, 24}) : Shape{2});
  EXPECT_GT(sqnr_of(small_.graph, graph), 25);
}

INSTANTIATE_TEST_SUITE_P(Weights, Lstm,
                         testing::Values(Granularity::kPerChannel, Granularity::kPerTensor));

}  // namespace
}  // namespace octavo
