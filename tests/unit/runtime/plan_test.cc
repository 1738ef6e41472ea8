#include "runtime/plan.h"

#include <gtest/gtest.h>

#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

TEST(Plan, NamesTheFirstNodeThatCannotRun) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2});
  const ValueId y = b.node(Op::kRelu, {x}, "y");
  const ValueId z = b.node(Op::kUnknown, {y}, "z");
  b.graph.node(b.graph.producer(z)).op_type = "FancyNorm";
  b.output(z);
  const auto plan = make_plan(b.graph);
  ASSERT_FALSE(plan.ok());
  EXPECT_EQ(plan.status().code(), ErrorCode::kModelUnsupported);
  EXPECT_NE(plan.status().to_string().find("z_node"), std::string::npos);
  EXPECT_NE(plan.status().to_string().find("FancyNorm"), std::string::npos);
}

TEST(Plan, LeavesOutWhatNoOutputNeeds) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2});
  b.output(b.node(Op::kRelu, {x}, "y"));
  const ValueId unused = b.node(Op::kUnknown, {x}, "unused");
  b.node(Op::kRelu, {unused}, "unused too");
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  EXPECT_EQ((*plan)->steps.size(), 1u);
}

TEST(Plan, DoesNotTrustShapesThatTheFileTells) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 64});
  const ValueId y = b.node(Op::kRelu, {x}, "y");
  b.graph.value(y).shape = Shape{1};
  b.output(y);
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  EXPECT_GE((*plan)->arena_bytes, 64 * sizeof(float));
}

TEST(Plan, ChainSharesTheMemoryOfTwoValues) {
  GraphBuilder b;
  ValueId x = b.input("x", Shape{1, 1024});
  for (int i = 0; i < 10; ++i) x = b.node(Op::kSigmoid, {x}, "y" + std::to_string(i));
  b.output(x);
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ((*plan)->arena_bytes, 2 * 1024 * sizeof(float));
}

TEST(Plan, ViewOfADeadValueTakesItsPlace) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3});
  const ValueId y = b.node(Op::kSigmoid, {x}, "y");
  const ValueId z = b.node(Op::kReshape, {y, b.ints("shape", {6})}, "z");
  b.output(b.node(Op::kSigmoid, {z}, "w"));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  const Graph& graph = (*plan)->graph;
  EXPECT_EQ((*plan)->offsets[static_cast<size_t>(graph.find_value("y"))],
            (*plan)->offsets[static_cast<size_t>(graph.find_value("z"))]);
}

TEST(Plan, ViewOfAValueThatIsStillNeededDoesNotTakeItsPlace) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3});
  const ValueId y = b.node(Op::kSigmoid, {x}, "y");
  b.output(b.node(Op::kReshape, {y, b.ints("shape", {6})}, "z"));
  b.output(b.node(Op::kSigmoid, {y}, "w"));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  const Graph& graph = (*plan)->graph;
  EXPECT_NE((*plan)->offsets[static_cast<size_t>(graph.find_value("y"))],
            (*plan)->offsets[static_cast<size_t>(graph.find_value("z"))]);
}

TEST(Plan, DequantizedWeightsAreComputedOnce) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 2});
  const ValueId q = b.constant<int8_t>("q", {1, -2, 3, -4}, Shape{2, 2});
  const ValueId w = b.node(Op::kDequantizeLinear, {q, b.floats("scale", {0.5f}, Shape{})}, "w");
  b.output(b.node(Op::kMatMul, {x, w}, "y"));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  EXPECT_EQ((*plan)->steps.size(), 1u);
}

TEST(EvaluateNode, GivesOutputsOfOneNodeOnConstants) {
  Node node;
  node.op = Op::kAdd;
  node.name = "add";
  node.inputs = {0, 1};
  node.outputs = {2};
  const std::vector<ConstantPtr> inputs = {share(Tensor::from(std::vector<float>{1, 2}, Shape{2})),
                                           share(Tensor::scalar(10.0f))};
  const auto outputs = evaluate_node(node, inputs);
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  EXPECT_EQ(floats_of((*outputs)[0]), (std::vector<float>{11, 12}));
}

}  // namespace
}  // namespace octavo
