#include "tests/unit/runtime/ops/evaluate.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

Value floats(const char* name, std::optional<Shape> shape) {
  Value value;
  value.name = name;
  value.dtype = DType::kFloat32;
  value.shape = std::move(shape);
  return value;
}

// A branch of inputs x and weights: one node of both, or x itself where the op is unknown.
std::shared_ptr<Graph> branch(Op op) {
  auto graph = std::make_shared<Graph>();
  const ValueId x = graph->add_value(floats("x", std::nullopt));
  const ValueId weights = graph->add_value(floats("weights", std::nullopt));
  graph->inputs = {x, weights};
  graph->outputs = {x};
  if (op == Op::kUnknown) return graph;
  graph->outputs = {graph->add_value(floats("y", std::nullopt))};
  Node node;
  node.op = op;
  node.name = "inner";
  node.inputs = {x, weights};
  node.outputs = graph->outputs;
  graph->add_node(std::move(node));
  return graph;
}

// y = condition ? then(x, w) : else(x, w), w constant.
Graph model(Op yes, Op no) {
  Graph graph;
  Value condition;
  condition.name = "condition";
  condition.dtype = DType::kBool;
  condition.shape = Shape{};
  graph.inputs = {graph.add_value(condition), graph.add_value(floats("x", Shape{2, 2}))};
  const ValueId weights = graph.add_constant("w", tensor<float>({1, 2, 3, 4}, {2, 2}));
  graph.outputs = {graph.add_value(floats("y", std::nullopt))};
  Node node;
  node.op = Op::kIf;
  node.name = "choice";
  node.inputs = {graph.inputs[0], graph.inputs[1], weights};
  node.outputs = graph.outputs;
  node.attrs.set("then_branch", branch(yes));
  node.attrs.set("else_branch", branch(no));
  graph.add_node(std::move(node));
  return graph;
}

std::vector<float> run(const Graph& graph, bool condition) {
  const auto y = run_graph(graph, {bools({condition}, {}), tensor<float>({1, 0, 0, 2}, {2, 2})});
  EXPECT_TRUE(y.ok()) << y.status().to_string();
  return y.ok() ? floats_of((*y)[0]) : std::vector<float>();
}

TEST(If, RunsTheBranchThatTheConditionTakes) {
  const Graph graph = model(Op::kMatMul, Op::kAdd);
  EXPECT_EQ(run(graph, true), (std::vector<float>{1, 2, 6, 8}));
  EXPECT_EQ(run(graph, false), (std::vector<float>{2, 2, 3, 6}));
}

TEST(If, ABranchMayPassOnWhatItIsGiven) {
  EXPECT_EQ(run(model(Op::kUnknown, Op::kAdd), true), (std::vector<float>{1, 0, 0, 2}));
}

TEST(If, BranchesMayGiveDifferentShapes) {
  const Graph graph = model(Op::kConcat, Op::kAdd);
  EXPECT_EQ(run(graph, true).size(), 8u);
  EXPECT_EQ(run(graph, false).size(), 4u);
}

TEST(If, OneExecutorRunsBothWaysInTurn) {
  const auto plan = make_plan(model(Op::kMatMul, Op::kAdd));
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  Executor executor(*plan);
  const Tensor x = tensor<float>({1, 0, 0, 2}, {2, 2});
  for (const uint8_t condition : {1, 0, 1}) {
    const Tensor c = bools({condition}, {});
    const std::vector<TensorView> inputs = {view_of(c), view_of(x)};
    const auto y = executor.run(inputs);
    ASSERT_TRUE(y.ok());
    EXPECT_EQ((*y)[0].values<float>()[0], condition ? 1.0f : 2.0f);
  }
}

}  // namespace
}  // namespace octavo
