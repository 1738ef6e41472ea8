// The smaller fusions: affine, Pad, MatMul with Add.
#include "tests/unit/passes/pass_test_support.h"

namespace octavo {
namespace {

ValueId small_conv(GraphBuilder& b) {
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  return b.node(Op::kConv, {x, b.floats("w", {1, 2}, {2, 1, 1, 1}), b.floats("b", {3, 4}, {2})},
                "c");
}

const Node& last_node(const Graph& graph) { return graph.node(graph.producer(graph.outputs[0])); }

TEST(FuseAffineIntoConv, AddsAConstantOfEachChannelToTheBias) {
  GraphBuilder b;
  const ValueId conv = small_conv(b);
  b.output(b.node(Op::kAdd, {b.floats("k", {10, 20}, {2, 1, 1}), conv}, "y"));
  ASSERT_EQ(apply(fuse_affine_into_conv, b.graph), 1);
  EXPECT_EQ(ops_of(b.graph), "Conv");
  EXPECT_EQ(floats_of(b.graph, last_node(b.graph).inputs[1]), (Floats{1, 2}));
  EXPECT_EQ(floats_of(b.graph, last_node(b.graph).inputs[2]), (Floats{13, 24}));
}

TEST(FuseAffineIntoConv, MultipliesWeightsAndBiasByOneNumber) {
  GraphBuilder b;
  b.output(b.node(Op::kMul, {small_conv(b), b.floats("k", {2}, {})}, "y"));
  ASSERT_EQ(apply(fuse_affine_into_conv, b.graph), 1);
  EXPECT_EQ(floats_of(b.graph, last_node(b.graph).inputs[1]), (Floats{2, 4}));
  EXPECT_EQ(floats_of(b.graph, last_node(b.graph).inputs[2]), (Floats{6, 8}));
}

TEST(FuseAffineIntoConv, LeavesConstantsAlongAnotherAxisAlone) {
  for (const Shape& shape : {Shape{2}, Shape{2, 1}, Shape{2, 1, 1, 1}, Shape{1, 2, 1, 1, 1}}) {
    GraphBuilder b;
    b.output(b.node(Op::kAdd, {small_conv(b), b.floats("k", {1, 2}, shape)}, "y"));
    EXPECT_EQ(apply(fuse_affine_into_conv, b.graph), 0) << shape.to_string();
  }
}

TEST(FuseAffineIntoConv, LeavesSharedConvAlone) {
  GraphBuilder b;
  const ValueId conv = small_conv(b);
  b.output(b.node(Op::kAdd, {conv, b.floats("k", {1}, {})}, "y"));
  b.output(b.node(Op::kRelu, {conv}, "z"));
  EXPECT_EQ(apply(fuse_affine_into_conv, b.graph), 0);
}

ValueId padded_conv(GraphBuilder& b, Ints pads, float fill, const char* auto_pad = "NOTSET") {
  const ValueId x = b.input("x", Shape{1, 1, 4, 4});
  const ValueId padded =
      b.node(Op::kPad, {x, b.ints("pads", std::move(pads)), b.floats("fill", {fill}, {})}, "p");
  return b.node(Op::kConv, {padded, b.floats("w", Floats(9, 1), {1, 1, 3, 3})}, "y",
                {{"pads", Ints{1, 0, 0, 0}}, {"auto_pad", std::string(auto_pad)}});
}

TEST(FusePadIntoConv, AddsThePads) {
  GraphBuilder b;
  b.output(padded_conv(b, {0, 0, 1, 2, 0, 0, 3, 4}, 0));
  ASSERT_EQ(apply(fuse_pad_into_conv, b.graph), 1);
  EXPECT_EQ(ops_of(b.graph), "Conv");
  EXPECT_EQ(last_node(b.graph).attrs.get_ints("pads"), (Ints{2, 2, 3, 4}));
}

TEST(FusePadIntoConv, LeavesPadsThatAConvCannotMakeAlone) {
  const struct {
    Ints pads;
    float fill;
    const char* auto_pad;
  } cases[] = {
      {{0, 0, 1, 1, 0, 0, 1, 1}, 1.0f, "NOTSET"},      // not zero
      {{0, 1, 1, 1, 0, 0, 1, 1}, 0.0f, "NOTSET"},      // channels
      {{0, 0, -1, 1, 0, 0, 1, 1}, 0.0f, "NOTSET"},     // crops
      {{0, 0, 1, 1, 0, 0, 1, 1}, 0.0f, "SAME_UPPER"},  // the Conv looks at its input
  };
  for (const auto& c : cases) {
    GraphBuilder b;
    b.output(padded_conv(b, c.pads, c.fill, c.auto_pad));
    EXPECT_EQ(apply(fuse_pad_into_conv, b.graph), 0);
  }
}

ValueId matmul_add(GraphBuilder& b, Shape x_shape, Shape bias_shape) {
  const ValueId x = b.input("x", std::move(x_shape));
  const ValueId product = b.node(Op::kMatMul, {x, b.floats("w", Floats(6, 1), {2, 3})}, "p");
  const auto count = static_cast<size_t>(bias_shape.count());
  return b.node(Op::kAdd, {b.floats("b", Floats(count, 1), std::move(bias_shape)), product}, "y");
}

TEST(FuseMatmulAddIntoGemm, MakesAGemmOfMatrices) {
  GraphBuilder b;
  b.output(matmul_add(b, {kDynamic, 2}, {3}));
  ASSERT_EQ(apply(fuse_matmul_add_into_gemm, b.graph), 1);
  EXPECT_EQ(ops_of(b.graph), "Gemm");
  EXPECT_EQ(last_node(b.graph).op_type, "Gemm");
  EXPECT_EQ(b.graph.value(last_node(b.graph).inputs[2]).name, "b");
}

TEST(FuseMatmulAddIntoGemm, LeavesBatchesAndWideBiasesAlone) {
  const std::pair<Shape, Shape> cases[] = {
      {{1, 4, 2}, {3}}, {{4, 2}, {4, 3}}, {{4, 2}, {1}}, {{4, 2}, {1, 1, 3}}};
  for (const auto& [x, bias] : cases) {
    GraphBuilder b;
    b.output(matmul_add(b, x, bias));
    EXPECT_EQ(apply(fuse_matmul_add_into_gemm, b.graph), 0) << bias.to_string();
  }
}

}  // namespace
}  // namespace octavo
