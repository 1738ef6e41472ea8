#include <gtest/gtest.h>

#include <cmath>

#include "graph/shape_inference.h"
#include "runtime/lower/lower.h"
#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

// x -> Gemm -> y -> activation -> z
struct Chain {
  GraphBuilder b;
  ValueId y, z;

  explicit Chain(Op activation, std::vector<ValueId> (*bounds)(GraphBuilder&) = nullptr) {
    const ValueId x = b.input("x", Shape{2, 2});
    y = b.node(Op::kGemm, {x, b.floats("w", {1, -1, 2, -2}, Shape{2, 2})}, "y");
    std::vector<ValueId> inputs = {y};
    if (bounds) {
      for (const ValueId bound : bounds(b)) inputs.push_back(bound);
    }
    z = b.node(activation, inputs, "z");
    b.output(z);
    EXPECT_TRUE(infer_shapes(b.graph).ok());
  }
};

std::vector<ValueId> zero_to_six(GraphBuilder& b) {
  return {b.floats("0", {0.0f}, Shape{}), b.floats("6", {6.0f}, Shape{})};
}

TEST(FuseActivation, MovesReluIntoGemm) {
  Chain c(Op::kRelu);
  ASSERT_TRUE(fuse_activation(c.b.graph).ok());
  EXPECT_EQ(count_ops(c.b.graph, Op::kRelu), 0);
  const Node& gemm = c.b.graph.node(c.b.graph.producer(c.z));
  EXPECT_EQ(gemm.op, Op::kGemm);
  EXPECT_EQ(gemm.attrs.get_float("activation_min", -1), 0.0f);
  EXPECT_TRUE(std::isinf(gemm.attrs.get_float("activation_max", 1)));
}

TEST(FuseActivation, MovesClipIntoGemm) {
  Chain c(Op::kClip, zero_to_six);
  ASSERT_TRUE(fuse_activation(c.b.graph).ok());
  const Node& gemm = c.b.graph.node(c.b.graph.producer(c.z));
  EXPECT_EQ(gemm.attrs.get_float("activation_max", -1), 6.0f);
}

TEST(FuseActivation, GivesTheSameBytes) {
  Chain c(Op::kClip, zero_to_six);
  const std::vector<Tensor> x = {Tensor::from(std::vector<float>{1, 2, -3, 4}, Shape{2, 2})};
  const auto plain = run_graph(c.b.graph, x, {.lower = false});
  const auto fused = run_graph(c.b.graph, x);
  ASSERT_TRUE(plain.ok() && fused.ok());
  EXPECT_EQ(floats_of((*plain)[0]), (std::vector<float>{5, 0, 5, 0}));
  EXPECT_EQ(floats_of((*fused)[0]), (std::vector<float>{5, 0, 5, 0}));
}

TEST(FuseActivation, LeavesAValueThatIsAnOutput) {
  Chain c(Op::kRelu);
  c.b.output(c.y);
  ASSERT_TRUE(fuse_activation(c.b.graph).ok());
  EXPECT_EQ(count_ops(c.b.graph, Op::kRelu), 1);
}

TEST(FuseActivation, LeavesAValueWithAnotherConsumer) {
  Chain c(Op::kRelu);
  c.b.output(c.b.node(Op::kNeg, {c.y}, "other"));
  ASSERT_TRUE(fuse_activation(c.b.graph).ok());
  EXPECT_EQ(count_ops(c.b.graph, Op::kRelu), 1);
}

TEST(FuseActivation, LeavesBoundsThatAreComputed) {
  Chain c(Op::kClip,
          [](GraphBuilder& b) -> std::vector<ValueId> { return {b.input("low", Shape{})}; });
  ASSERT_TRUE(fuse_activation(c.b.graph).ok());
  EXPECT_EQ(count_ops(c.b.graph, Op::kClip), 1);
}

}  // namespace
}  // namespace octavo
