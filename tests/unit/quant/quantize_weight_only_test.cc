#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/quant/small_graph.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

Recipe weights_of(int bits, int block_size = 32) {
  Recipe recipe;
  recipe.scheme = Scheme::kWeightOnly;
  recipe.weight_bits = bits;
  recipe.block_size = block_size;
  return recipe;
}

Recipe halves() {
  Recipe recipe;
  recipe.scheme = Scheme::kFloat16;
  return recipe;
}

double sqnr_of(const Graph& exact, const Graph& rough) {
  std::vector<Tensor> inputs;
  for (const ValueId id : exact.inputs) {
    const Value& value = exact.value(id);
    inputs.push_back(value.dtype == DType::kInt64
                         ? Tensor::from(std::vector<int64_t>{3, 0, 2}, *value.shape)
                         : noise_tensor(11, *value.shape));
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

// One node on x, with weights of these shapes behind it (before it for Gather).
struct OneNode {
  const char* name;
  Op op;
  Shape x;
  std::vector<Shape> weights;
  Shape y;
  std::vector<std::pair<std::string, Attribute>> attributes;
  int scales;  // of 4 bits in blocks of 32; 0 where they are no input of a DequantizeLinear
};

class EveryOperator : public testing::TestWithParam<OneNode> {
 protected:
  Graph graph() {
    const OneNode& one = GetParam();
    SmallGraph small;
    const bool gathers = one.op == Op::kGather;
    const ValueId x = small.input("x", one.x, gathers ? DType::kInt64 : DType::kFloat32);
    std::vector<ValueId> inputs = {x};
    for (size_t i = 0; i < one.weights.size(); ++i) {
      const Tensor values = noise_tensor(static_cast<uint32_t>(i) + 1, one.weights[i]);
      inputs.push_back(small.constant("w" + std::to_string(i), floats_of(values), one.weights[i]));
    }
    if (gathers) std::swap(inputs[0], inputs[1]);
    Attributes attrs;
    for (const auto& [name, attribute] : one.attributes) attrs.set(name, attribute);
    small.output(small.node(one.op, "node", inputs, one.y, attrs));
    return small.graph;
  }
};

TEST_P(EveryOperator, RunsNearTheFloatModel) {
  const Graph exact = graph();
  EXPECT_GT(sqnr_of(exact, quantized(exact, {}, weights_of(8)).graph), 35);
  EXPECT_GT(sqnr_of(exact, quantized(exact, {}, weights_of(4)).graph), 12);
  EXPECT_GT(sqnr_of(exact, quantized(exact, {}, weights_of(4, 0)).graph), 12);
  EXPECT_GT(sqnr_of(exact, quantized(exact, {}, halves()).graph), 60);
}

TEST_P(EveryOperator, HasAScaleForEveryBlockOf4Bits) {
  const Graph made = quantized(graph(), {}, weights_of(4)).graph;
  int64_t scales = 0;
  for (const NodeId id : made.live_nodes()) {
    const Node& node = made.node(id);
    if (node.op != Op::kDequantizeLinear && node.op != Op::kMatMulNBits) continue;
    const size_t at = node.op == Op::kMatMulNBits ? 2 : 1;
    scales += made.constant(node.inputs[at])->count();
  }
  EXPECT_EQ(scales, GetParam().scales);
}

TEST_P(EveryOperator, IsLeftAsItIsWhereExcluded) {
  Recipe recipe = weights_of(4);
  recipe.exclude = {"node"};
  const QuantizeResult result = quantized(graph(), {}, recipe);
  EXPECT_EQ(line_of(result, "node").reason, "excluded by 'node'");
  EXPECT_EQ(result.graph.live_nodes().size(), 1u);
}

const std::vector<std::pair<std::string, Attribute>> kRecurrent = {
    {"hidden_size", int64_t{6}}, {"direction", std::string("bidirectional")}};
INSTANTIATE_TEST_SUITE_P(
    Ops, EveryOperator,
    testing::Values(
        OneNode{"Conv", Op::kConv, {1, 16, 5, 5}, {{4, 16, 3, 3}, {4}}, {1, 4, 3, 3}, {}, 4 * 5},
        OneNode{"Depthwise",
                Op::kConv,
                {1, 4, 5, 5},
                {{4, 1, 3, 3}},
                {1, 4, 3, 3},
                {{"group", int64_t{4}}},
                4},
        OneNode{"ConvTranspose",
                Op::kConvTranspose,
                {1, 40, 3, 3},
                {{40, 2, 2, 2}},
                {1, 2, 4, 4},
                {},
                2 * 8},
        OneNode{"Gemm", Op::kGemm, {3, 40}, {{40, 6}, {6}}, {3, 6}, {}, 2 * 6},
        OneNode{"GemmTransposed",
                Op::kGemm,
                {3, 40},
                {{6, 40}},
                {3, 6},
                {{"transB", int64_t{1}}},
                2 * 6},
        OneNode{"MatMul", Op::kMatMul, {2, 3, 40}, {{40, 6}}, {2, 3, 6}, {}, 2 * 6},
        OneNode{"Gather", Op::kGather, {3}, {{5, 48}}, {3, 48}, {}, 5 * 2},
        OneNode{"GRU", Op::kGRU, {3, 1, 8}, {{2, 18, 8}, {2, 18, 6}}, {3, 2, 1, 6}, kRecurrent, 72},
        OneNode{
            "LSTM", Op::kLSTM, {3, 1, 8}, {{2, 24, 8}, {2, 24, 6}}, {3, 2, 1, 6}, kRecurrent, 96}),
    [](const auto& info) { return info.param.name; });

TEST(QuantizeWeightOnly, WeightsThatTwoNodesReadAreStoredOnce) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{2, 4});
  const ValueId w = small.constant("w", floats_of(noise_tensor(1, {4, 4})), Shape{4, 4});
  const ValueId y = small.node(Op::kMatMul, "y", {x, w}, Shape{2, 4});
  small.output(small.node(Op::kMatMul, "z", {y, w}, Shape{2, 4}));
  EXPECT_EQ(count_ops(quantized(small.graph, {}, weights_of(8)).graph, Op::kDequantizeLinear), 1);
  EXPECT_EQ(count_ops(quantized(small.graph, {}, halves()).graph, Op::kCast), 1);
}

TEST(QuantizeWeightOnly, RowsOfATableAreDequantizedWhenTheyAreRead) {
  SmallGraph small;
  const ValueId i = small.input("i", Shape{3}, DType::kInt64);
  const ValueId table = small.constant("table", floats_of(noise_tensor(1, {5, 8})), Shape{5, 8});
  small.output(small.node(Op::kGather, "rows", {table, i}, Shape{3, 8}));
  const Graph graph = quantized(small.graph, {}, weights_of(8)).graph;
  EXPECT_EQ(graph.node(graph.producer(graph.outputs[0])).op, Op::kDequantizeLinear);
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "rows");
  EXPECT_EQ(graph.constant(node_named(graph, "rows").inputs[0])->dtype(), DType::kInt8);
}

TEST(QuantizeWeightOnly, SaysWhyWeightsStayAsTheyAre) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{2, 2});
  const ValueId y = small.node(Op::kMatMul, "product", {x, x}, Shape{2, 2});
  small.output(small.node(Op::kRelu, "relu", {y}, Shape{2, 2}));
  const QuantizeResult result = quantized(small.graph, {}, weights_of(8));
  EXPECT_EQ(line_of(result, "product").reason, "its weights are not float constants of known form");
  EXPECT_EQ(line_of(result, "relu").reason, "Relu has no weights");
}

TEST(QuantizeWeightOnly, WeightsBeyondHalvesStayFloat) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1});
  small.output(small.node(Op::kMatMul, "y", {x, small.constant("w", {70000}, {1, 1})}, {1, 1}));
  const QuantizeResult result = quantized(small.graph, {}, halves());
  EXPECT_EQ(line_of(result, "y").reason, "a weight is beyond 65504, the largest float16");
  EXPECT_FALSE(line_of(result, "y").quantized);
}

}  // namespace
}  // namespace octavo
