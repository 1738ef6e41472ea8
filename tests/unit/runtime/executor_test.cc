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

// x -> MatMul(a) -> Sigmoid -> MatMul(b) -> y, of any number of rows or of 3
Graph two_products(uint32_t a, uint32_t b, int64_t rows = 3) {
  GraphBuilder builder;
  const ValueId x = builder.input("x", Shape{rows, 4});
  const auto weights = [&](const char* name, uint32_t seed, Shape shape) {
    return builder.floats(name, floats_of(noise_tensor(seed, shape)), shape);
  };
  const ValueId h = builder.node(Op::kMatMul, {x, weights("a", a, Shape{4, 500})}, "h");
  const ValueId r = builder.node(Op::kSigmoid, {h}, "r");
  builder.output(builder.node(Op::kMatMul, {r, weights("b", b, Shape{500, 2})}, "y"));
  return builder.graph;
}

void run_steps(Executor& executor, size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    const Status status = executor.run_step(i);
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
}

std::vector<float> output_of(const Executor& executor) {
  return floats_of(copy_of(executor.view(executor.plan().graph.outputs[0])));
}

TEST(Executor, StepByStepGivesWhatARunGives) {
  for (const int64_t rows : {int64_t{3}, kDynamic}) {
    const Graph graph = two_products(1, 2, rows);
    Executor executor = executor_of(graph);
    for (const uint32_t seed : {3u, 4u}) {
      Tensor x = noise_tensor(seed, Shape{3, 4});
      const auto wanted = run_graph(graph, {x});
      ASSERT_TRUE(executor.begin(std::vector{view_of(x)}).ok());
      x = Tensor();  // begin has copied it
      run_steps(executor, 0, executor.plan().steps.size());
      EXPECT_EQ(output_of(executor), floats_of((*wanted)[0]));
    }
  }
}

TEST(Executor, BeginRefusesInputsThatDoNotFit) {
  Executor executor = executor_of(two_products(1, 2));
  const Tensor wrong = noise_tensor(1, Shape{3, 5});
  EXPECT_EQ(executor.begin(std::vector{view_of(wrong)}).code(), ErrorCode::kInvalidArgument);
}

// Values without a place in the arena too, which are freed once nobody needs them.
TEST(Executor, StepThatRanLastCanBeLookedAtAndRunAgain) {
  for (const int64_t rows : {int64_t{3}, kDynamic}) {
    Executor executor = executor_of(two_products(1, 2, rows));
    const Tensor x = noise_tensor(3, Shape{3, 4});
    ASSERT_TRUE(executor.begin(std::vector{view_of(x)}).ok());
    for (size_t i = 0; i < executor.plan().steps.size(); ++i) {
      const Step& step = executor.plan().steps[i];
      run_steps(executor, i, i + 1);
      const std::vector<float> in = floats_of(copy_of(executor.view(step.inputs[0])));
      const std::vector<float> out = floats_of(copy_of(executor.view(step.outputs[0])));
      run_steps(executor, i, i + 1);
      EXPECT_EQ(floats_of(copy_of(executor.view(step.inputs[0]))), in) << i;
      EXPECT_EQ(floats_of(copy_of(executor.view(step.outputs[0]))), out) << i;
    }
    EXPECT_EQ(output_of(executor), floats_of((*run_graph(two_products(1, 2), {x}))[0]));
  }
}

TEST(Executor, GoesOnWithThePlanOfOtherWeights) {
  for (const int64_t rows : {int64_t{3}, kDynamic}) {
    const Tensor x = noise_tensor(3, Shape{3, 4});
    Executor executor = executor_of(two_products(1, 2, rows));
    ASSERT_TRUE(executor.begin(std::vector{view_of(x)}).ok());
    const size_t steps = executor.plan().steps.size();
    run_steps(executor, 0, steps);
    executor.take(*make_plan(two_products(8, 9, rows)));  // only the last step sees them
    run_steps(executor, steps - 1, steps);
    EXPECT_EQ(output_of(executor), floats_of((*run_graph(two_products(1, 9), {x}))[0]));
    const auto whole = executor.run(std::vector{view_of(x)});
    ASSERT_TRUE(whole.ok());
    EXPECT_EQ(floats_of(copy_of((*whole)[0])), floats_of((*run_graph(two_products(8, 9), {x}))[0]));
  }
}

}  // namespace
}  // namespace octavo
