#include <limits>

#include "tests/unit/passes/pass_test_support.h"

namespace octavo {
namespace {

// Two output channels; s = g / sqrt(var) is {2, 3} with epsilon 0.
struct BnParameters {
  Floats gain = {4, 9}, beta = {1, -1}, mean = {10, 20}, variance = {4, 9};
};

ValueId batch_normalization(GraphBuilder& b, ValueId x, const BnParameters& p = {}) {
  const Shape two{2};
  return b.node(Op::kBatchNormalization,
                {x, b.floats("g", p.gain, two), b.floats("beta", p.beta, two),
                 b.floats("mean", p.mean, two), b.floats("var", p.variance, two)},
                "y", {{"epsilon", 0.0f}});
}

TEST(FuseBnIntoConv, ScalesWeightsAndBias) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 2, 4, 4});
  const ValueId w = b.floats("w", {1, 2, 3, 4}, {2, 2, 1, 1}), bias = b.floats("b", {5, 6}, {2});
  b.output(batch_normalization(b, b.node(Op::kConv, {x, w, bias}, "c")));
  ASSERT_EQ(apply(fuse_bn_into_conv, b.graph), 1);
  EXPECT_EQ(ops_of(b.graph), "Conv");
  const Node& conv = b.graph.node(b.graph.producer(b.graph.outputs[0]));
  EXPECT_EQ(floats_of(b.graph, conv.inputs[1]), (Floats{2, 4, 9, 12}));
  EXPECT_EQ(floats_of(b.graph, conv.inputs[2]), (Floats{(5 - 10) * 2 + 1, (6 - 20) * 3 - 1}));
}

TEST(FuseBnIntoConv, KeepsTheNamesOfTheNodeAndOfTheLastValue) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId conv = b.node(Op::kConv, {x, b.floats("w", {1, 1}, {2, 1, 1, 1})}, "c");
  const ValueId y = batch_normalization(b, conv);
  b.output(b.node(Op::kRelu, {y}, "z"));
  ASSERT_EQ(apply(fuse_bn_into_conv, b.graph), 1);
  EXPECT_EQ(b.graph.node(b.graph.producer(y)).name, "c_node");
  EXPECT_EQ(b.graph.value(y).name, "y");
  EXPECT_EQ(b.graph.node(b.graph.producer(y)).inputs.size(), 3u) << "it has a bias now";
}

TEST(FuseBnIntoConv, ScalesOutputChannelsOfAGroupedConvTranspose) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 4, 4, 4});
  const ValueId w = b.floats("w", {1, 2, 3, 4}, {4, 1, 1, 1});  // channels in, out a group
  b.output(
      batch_normalization(b, b.node(Op::kConvTranspose, {x, w}, "c", {{"group", int64_t{2}}})));
  ASSERT_EQ(apply(fuse_bn_into_conv, b.graph), 1);
  const Node& conv = b.graph.node(b.graph.producer(b.graph.outputs[0]));
  EXPECT_EQ(floats_of(b.graph, conv.inputs[1]), (Floats{2, 4, 9, 12}));
}

TEST(FuseBnIntoConv, LeavesSharedConvAlone) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId conv = b.node(Op::kConv, {x, b.floats("w", {1, 1}, {2, 1, 1, 1})}, "c");
  b.output(batch_normalization(b, conv));
  b.output(b.node(Op::kRelu, {conv}, "other"));
  EXPECT_EQ(apply(fuse_bn_into_conv, b.graph), 0);
}

TEST(FuseBnIntoConv, LeavesAConvThatIsAnOutputAlone) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId conv = b.node(Op::kConv, {x, b.floats("w", {1, 1}, {2, 1, 1, 1})}, "c");
  b.output(batch_normalization(b, conv));
  b.output(conv);
  EXPECT_EQ(apply(fuse_bn_into_conv, b.graph), 0);
}

TEST(FuseBnIntoConv, LeavesQuantizedWeightsAlone) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId q = b.constant("q", std::vector<int8_t>{1, 2}, Shape{2, 1, 1, 1});
  const ValueId w = b.node(Op::kDequantizeLinear, {q, b.floats("scale", {0.5f}, {})}, "w");
  b.output(batch_normalization(b, b.node(Op::kConv, {x, w}, "c")));
  EXPECT_EQ(apply(fuse_bn_into_conv, b.graph), 0);
}

TEST(FuseBnIntoConv, LeavesWeightsOfOtherConvsAsTheyAre) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId w = b.floats("w", {1, 1}, {2, 1, 1, 1});
  b.output(batch_normalization(b, b.node(Op::kConv, {x, w}, "c")));
  b.output(b.node(Op::kConv, {x, w}, "plain"));
  ASSERT_EQ(apply(fuse_bn_into_conv, b.graph), 1);
  EXPECT_EQ(floats_of(b.graph, w), (Floats{1, 1}));
}

TEST(FuseBnIntoConv, LeavesNegativeAndUndefinedVariancesAlone) {
  for (const float variance : {-1.0f, 0.0f, std::numeric_limits<float>::quiet_NaN()}) {
    GraphBuilder b;
    const ValueId x = b.input("x", Shape{1, 1, 4, 4});
    const ValueId conv = b.node(Op::kConv, {x, b.floats("w", {1, 1}, {2, 1, 1, 1})}, "c");
    BnParameters parameters;
    parameters.variance[1] = variance;
    b.output(batch_normalization(b, conv, parameters));
    EXPECT_EQ(apply(fuse_bn_into_conv, b.graph), 0) << variance;
  }
}

TEST(FuseBnIntoGemm, ScalesColumnsAndDrawsBetaIntoTheBias) {
  for (const int64_t transposed : {0, 1}) {
    GraphBuilder b;
    const ValueId x = b.input("x", Shape{1, 2});
    const Floats weights = transposed ? Floats{1, 3, 2, 4} : Floats{1, 2, 3, 4};
    const ValueId gemm =
        b.node(Op::kGemm, {x, b.floats("w", weights, {2, 2}), b.floats("c", {5, 6}, {1, 2})}, "p",
               {{"transB", transposed}, {"beta", 2.0f}});
    b.output(batch_normalization(b, gemm));
    ASSERT_EQ(apply(fuse_bn_into_gemm, b.graph), 1);
    const Node& node = b.graph.node(b.graph.producer(b.graph.outputs[0]));
    EXPECT_EQ(floats_of(b.graph, node.inputs[1]),
              transposed ? (Floats{2, 6, 6, 12}) : (Floats{2, 6, 6, 12}));
    EXPECT_EQ(floats_of(b.graph, node.inputs[2]), (Floats{(10 - 10) * 2 + 1, (12 - 20) * 3 - 1}));
    EXPECT_EQ(node.attrs.get_float("beta", 1.0f), 1.0f);
  }
}

TEST(FuseBnIntoGemm, LeavesABiasThatDiffersFromRowToRowAlone) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 2});
  const ValueId gemm = b.node(
      Op::kGemm, {x, b.floats("w", {1, 2, 3, 4}, {2, 2}), b.floats("c", {5, 6}, {2, 1})}, "p");
  b.output(batch_normalization(b, gemm));
  EXPECT_EQ(apply(fuse_bn_into_gemm, b.graph), 0);
}

}  // namespace
}  // namespace octavo
