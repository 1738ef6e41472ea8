#include "graph/shape_inference.h"

#include <gtest/gtest.h>

#include "graph/ops.h"
#include "graph/shapes/shape_rule.h"
#include "tests/unit/graph/graph_builder.h"

namespace octavo {
namespace {

TEST(ShapeRules, ExistForEveryOperator) {
#define OCTAVO_OP(name, ...) \
  EXPECT_NE(find_shape_rule(Op::k##name), nullptr) << #name " has no shape function";
#include "graph/ops.def"
#undef OCTAVO_OP
}

TEST(InferShapes, FollowsAGraphAndReplacesWhatTheFileSaid) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{kDynamic, 3, 32, 32});
  const ValueId w = b.floats("w", std::vector<float>(8 * 27), {8, 3, 3, 3});
  const ValueId y = b.node(Op::kConv, {x, w}, "y");
  b.graph.value(y).shape = Shape{1, 1, 1, 1};
  b.output(b.node(Op::kFlatten, {y}, "flat"));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  EXPECT_EQ(b.graph.value(y).shape, Shape({kDynamic, 8, 30, 30}));
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({kDynamic, 7200}));
  EXPECT_EQ(b.graph.value(y).dtype, DType::kFloat32);
}

TEST(InferShapes, KeepsWhatTheFileSaysOfOperatorsThatAreNotImplemented) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 4});
  const ValueId y = b.node(Op::kUnknown, {x}, "y");
  b.graph.value(y).shape = Shape{2, 2};
  b.output(b.node(Op::kRelu, {y}, "z"));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({2, 2}));
}

TEST(InferShapes, NamesTheNodeThatContradictsItsInputs) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 16, 8, 8});
  const ValueId w = b.floats("w", std::vector<float>(4 * 32), {4, 32, 1, 1});
  b.output(b.node(Op::kConv, {x, w}, "y"));
  EXPECT_EQ(infer_shapes(b.graph).to_string(),
            "node 'y_node' (Conv): the input has 16 channels, but the weights want 32");
}

TEST(InferShapes, RefusesTensorsThatNoMemoryHolds) {
  GraphBuilder b;
  const ValueId shape = b.ints("shape", {int64_t{1} << 30, int64_t{1} << 30});
  b.output(b.node(Op::kConstantOfShape, {shape}, "y"));
  const Status status = infer_shapes(b.graph);
  EXPECT_EQ(status.code(), ErrorCode::kModelUnsupported);
  EXPECT_NE(status.message().find("too large"), std::string::npos);
}

TEST(InferShapes, RefusesMoreDimensionsThanThereMayBe) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  b.output(b.node(Op::kUnsqueeze, {x, b.ints("axes", {0, 1, 2, 3, 4, 5, 6, 7})}, "y"));
  EXPECT_FALSE(infer_shapes(b.graph).ok());
}

TEST(InferShapes, RefusesTooFewInputsAndRequiredOnesLeftOut) {
  GraphBuilder few;
  few.output(few.node(Op::kAdd, {few.input("x", Shape{1})}, "y"));
  EXPECT_EQ(infer_shapes(few.graph).message(), "the operator does not take 1 inputs");
  GraphBuilder gap;
  gap.output(gap.node(Op::kAdd, {gap.input("x", Shape{1}), kNoValue}, "y"));
  EXPECT_EQ(infer_shapes(gap.graph).message(), "input 1 is left out, but needed");
}

TEST(InferShapes, RefusesInputsOfDifferentTypes) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1}), n = b.input("n", Shape{1}, DType::kInt64);
  b.output(b.node(Op::kAdd, {x, n}, "y"));
  EXPECT_EQ(infer_shapes(b.graph).message(), "input 1 is int64, but another input is float32");
}

// A branch that takes one value from outside and adds a constant of `shape` to it.
std::shared_ptr<Graph> branch(const std::string& name, Shape shape) {
  GraphBuilder b;
  const ValueId x = b.input("captured", std::nullopt, DType::kUnknown);
  const ValueId c = b.floats(name, std::vector<float>(static_cast<size_t>(shape.count())), shape);
  b.output(b.node(Op::kAdd, {x, c}, "sum"));
  return std::make_shared<Graph>(std::move(b.graph));
}

TEST(InferIf, MergesWhatBothBranchesGive) {
  GraphBuilder b;
  const ValueId condition = b.input("condition", Shape{}, DType::kBool);
  const ValueId x = b.input("x", Shape{1, 4});
  const auto then_branch = branch("a", {3, 4}), else_branch = branch("b", {5, 4});
  b.output(b.node(Op::kIf, {condition, x}, "y",
                  {{"then_branch", then_branch}, {"else_branch", else_branch}}));
  const Graph copy = b.graph;
  ASSERT_TRUE(infer_shapes(b.graph).ok()) << infer_shapes(b.graph).to_string();
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({kDynamic, 4}));
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).dtype, DType::kFloat32);

  const auto inferred = b.graph.node(0).attrs.get_graph("then_branch");
  EXPECT_EQ(inferred->value(inferred->outputs[0]).shape, Shape({3, 4}));
  const auto shared = copy.node(0).attrs.get_graph("then_branch");
  EXPECT_EQ(shared->value(shared->outputs[0]).shape, std::nullopt) << "a copy must not change";
}

TEST(InferIf, FollowsAConstantCondition) {
  GraphBuilder b;
  const ValueId condition = b.graph.add_constant("condition", Tensor::scalar(true));
  const ValueId x = b.input("x", Shape{1, 4});
  b.output(b.node(Op::kIf, {condition, x}, "y",
                  {{"then_branch", branch("a", {3, 4})}, {"else_branch", branch("b", {5, 4})}}));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({3, 4}));
}

TEST(InferIf, PassesOverABranchThatCannotBeTaken) {
  GraphBuilder b;
  const ValueId condition = b.input("condition", Shape{}, DType::kBool);
  const ValueId x = b.input("x", Shape{1, 4});
  const auto contradiction = branch("a", {3, 5});
  b.output(b.node(Op::kIf, {condition, x}, "y",
                  {{"then_branch", contradiction}, {"else_branch", branch("b", {5, 4})}}));
  ASSERT_TRUE(infer_shapes(b.graph).ok());
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({5, 4}));
}

TEST(InferIf, RefusesTwoBranchesThatCannotBeTaken) {
  GraphBuilder b;
  const ValueId condition = b.input("condition", Shape{}, DType::kBool);
  const ValueId x = b.input("x", Shape{1, 4});
  b.output(b.node(Op::kIf, {condition, x}, "y",
                  {{"then_branch", branch("a", {3, 5})}, {"else_branch", branch("b", {3, 6})}}));
  EXPECT_EQ(infer_shapes(b.graph).to_string(),
            "node 'y_node' (If): then_branch: node 'sum_node' (Add): "
            "shapes [1, 4] and [3, 5] do not broadcast to each other");
}

TEST(InferIf, RefusesABranchThatIsMissing) {
  GraphBuilder b;
  const ValueId condition = b.input("condition", Shape{}, DType::kBool);
  const ValueId x = b.input("x", Shape{1, 4});
  b.output(b.node(Op::kIf, {condition, x}, "y", {{"then_branch", branch("a", {3, 4})}}));
  EXPECT_EQ(infer_shapes(b.graph).message(), "there is no else_branch");
}

}  // namespace
}  // namespace octavo
