#include "runtime/executor.h"

#include <gtest/gtest.h>

#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

Graph two_sigmoids(std::optional<Shape> shape) {
  GraphBuilder b;
  const ValueId x = b.input("x", std::move(shape));
  const ValueId y = b.node(Op::kRelu, {x}, "y");
  b.output(b.node(Op::kNeg, {y}, "z"));
  return b.graph;
}

Executor executor_of(const Graph& graph) {
  auto plan = make_plan(graph);
  EXPECT_TRUE(plan.ok()) << plan.status().to_string();
  return Executor(*plan);
}

TEST(Executor, RefusesInputsThatDoNotFit) {
  Executor executor = executor_of(two_sigmoids(Shape{2, 3}));
  const Tensor wrong = noise_tensor(1, Shape{3, 2});
  const auto outputs = executor.run(std::vector{view_of(wrong)});
  ASSERT_FALSE(outputs.ok());
  EXPECT_EQ(outputs.status().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(outputs.status().to_string(),
            "input 'x': wants float32[2, 3], was given float32[3, 2]");
  EXPECT_EQ(executor.run({}).status().message(), "the model has 1 inputs, was given 0");
}

TEST(Executor, RunsShapesThatAreKnownOnlyWhenItRuns) {
  Executor executor = executor_of(two_sigmoids(Shape{kDynamic, 2}));
  for (const int64_t rows : {3, 1, 5}) {
    const Tensor x =
        Tensor::from(std::vector<float>(static_cast<size_t>(rows * 2), 2.0f), Shape{rows, 2});
    const auto outputs = executor.run(std::vector{view_of(x)});
    ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
    EXPECT_EQ((*outputs)[0].shape, (Shape{rows, 2}));
    EXPECT_EQ((*outputs)[0].values<float>().back(), -2.0f);
  }
}

TEST(Executor, RunsValuesOfUnknownRank) {
  GraphBuilder b;
  const ValueId x = b.input("x", std::nullopt);
  const ValueId shape = b.node(Op::kShape, {x}, "shape");
  const ValueId flat = b.node(Op::kReshape, {x, b.ints("minus one", {-1})}, "flat");
  b.output(b.node(Op::kReshape, {flat, shape}, "y"));
  Executor executor = executor_of(b.graph);
  const Tensor x_tensor = noise_tensor(1, Shape{2, 1, 3});
  const auto outputs = executor.run(std::vector{view_of(x_tensor)});
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  EXPECT_EQ((*outputs)[0].shape, (Shape{2, 1, 3}));
  EXPECT_EQ(floats_of(copy_of((*outputs)[0])), floats_of(x_tensor));
}

TEST(Executor, FreesDynamicValuesAfterTheirLastUse) {
  GraphBuilder b;
  ValueId x = b.input("x", Shape{kDynamic});
  for (int i = 0; i < 20; ++i) x = b.node(Op::kNeg, {x}, "y" + std::to_string(i));
  b.output(x);
  Executor executor = executor_of(b.graph);
  const Tensor input = noise_tensor(1, Shape{4096});
  ASSERT_TRUE(executor.run(std::vector{view_of(input)}).ok());
  EXPECT_LT(executor.peak_bytes(), 3 * 4096 * sizeof(float));
}

TEST(Executor, TapSeesInputsAndEveryValue) {
  Executor executor = executor_of(two_sigmoids(Shape{2}));
  std::vector<std::string> seen;
  const Tensor x = noise_tensor(1, Shape{2});
  const auto tap = [&](ValueId, const Value& value, TensorView) { seen.push_back(value.name); };
  ASSERT_TRUE(executor.run(std::vector{view_of(x)}, tap).ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"x", "y", "z"}));
}

TEST(Executor, TapMayChangeAnInputWithoutTouchingTheCallersData) {
  Executor executor = executor_of(two_sigmoids(Shape{2}));
  const Tensor x = Tensor::from(std::vector<float>{1, 2}, Shape{2});
  const auto tap = [](ValueId, const Value& value, TensorView view) {
    if (value.name == "x") view.values<float>()[0] = 5.0f;
  };
  const auto outputs = executor.run(std::vector{view_of(x)}, tap);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ((*outputs)[0].values<float>()[0], -5.0f);
  EXPECT_EQ(x.values<float>()[0], 1.0f);
}

TEST(Executor, LaterStepsSeeWhatATapChanges) {
  Executor executor = executor_of(two_sigmoids(Shape{2}));
  const Tensor x = Tensor::from(std::vector<float>{1, 2}, Shape{2});
  const auto tap = [](ValueId, const Value& value, TensorView view) {
    if (value.name == "y") view.values<float>()[1] = 9.0f;
  };
  const auto outputs = executor.run(std::vector{view_of(x)}, tap);
  ASSERT_TRUE(outputs.ok());
  EXPECT_EQ((*outputs)[0].values<float>()[1], -9.0f);
}

TEST(Executor, ErrorsOfAStepNameTheNode) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3});
  const ValueId at = b.input("at", Shape{1}, DType::kInt64);
  b.output(b.node(Op::kGather, {x, at}, "y"));
  Executor executor = executor_of(b.graph);
  const Tensor data = noise_tensor(1, Shape{2, 3});
  const Tensor index = Tensor::from(std::vector<int64_t>{7}, Shape{1});
  const auto outputs = executor.run(std::vector{view_of(data), view_of(index)});
  ASSERT_FALSE(outputs.ok());
  EXPECT_NE(outputs.status().where().find("y_node"), std::string::npos);
}

TEST(Executor, InputsAndConstantsMayBeOutputs) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2});
  b.output(x);
  b.output(b.floats("c", {4.0f}, Shape{1}));
  const Tensor input = Tensor::from(std::vector<float>{1, 2}, Shape{2});
  const auto outputs = run_graph(b.graph, {input});
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  EXPECT_EQ(floats_of((*outputs)[0]), (std::vector<float>{1, 2}));
  EXPECT_EQ(floats_of((*outputs)[1]), (std::vector<float>{4}));
}

}  // namespace
}  // namespace octavo
