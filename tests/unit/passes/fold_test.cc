#include "tests/unit/passes/pass_test_support.h"

namespace octavo {
namespace {

std::vector<int64_t> integers_of(const Graph& graph, ValueId id) {
  const Tensor* tensor = graph.held_constant(id);
  return tensor ? tensor->integers() : std::vector<int64_t>();
}

// What exporters write for a flatten: Reshape(x, Concat(Unsqueeze(Gather(Shape(x), 0)), -1)).
ValueId exported_flatten(GraphBuilder& b, ValueId x) {
  const ValueId shape = b.node(Op::kShape, {x}, "shape");
  const ValueId zero = b.graph.add_constant("zero", Tensor::scalar<int64_t>(0));
  const ValueId batch = b.node(Op::kGather, {shape, zero}, "batch");
  const ValueId row = b.node(Op::kUnsqueeze, {batch, b.ints("axes", {0})}, "row");
  const ValueId target =
      b.node(Op::kConcat, {row, b.ints("rest", {-1})}, "target", {{"axis", int64_t{0}}});
  return b.node(Op::kReshape, {x, target}, "flat");
}

TEST(FoldConstants, FoldsTheShapeOfAKnownInputAndAllThatFollows) {
  GraphBuilder b;
  b.output(exported_flatten(b, b.input("x", Shape{2, 3, 4})));
  EXPECT_EQ(apply(fold_constants, b.graph), 4);
  EXPECT_EQ(ops_of(b.graph), "Reshape");
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).shape, Shape({2, 12}));
}

TEST(FoldConstants, LeavesTheShapeOfAnInputThatIsNotKnown) {
  GraphBuilder b;
  b.output(exported_flatten(b, b.input("x", Shape{kDynamic, 3, 4})));
  EXPECT_EQ(apply(fold_constants, b.graph), 0);
}

TEST(FoldConstants, TakesAPartOfAShape) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3, 4});
  const ValueId tail = b.node(Op::kShape, {x}, "tail", {{"start", int64_t{-2}}});
  b.output(b.node(Op::kReshape, {x, tail}, "y"));
  const ValueId size = b.node(Op::kSize, {x}, "size");
  b.output(size);
  (void)fold_constants(b.graph, kFake);  // the Reshape does not fit: what was folded before counts
  EXPECT_EQ(integers_of(b.graph, tail), (Ints{3, 4}));
}

TEST(FoldConstants, LeavesQuantizedWeightsQuantized) {
  GraphBuilder b;
  const ValueId q = b.constant("q", std::vector<int8_t>{1, 2}, Shape{2});
  const ValueId w = b.node(Op::kDequantizeLinear, {q, b.floats("scale", {0.5f}, {})}, "w");
  b.output(b.node(Op::kMul, {w, b.input("x", Shape{2})}, "y"));
  EXPECT_EQ(apply(fold_constants, b.graph), 0);
}

TEST(FoldConstants, ReshapesWithoutCopyingTheData) {
  GraphBuilder b;
  const ValueId w = b.floats("w", {1, 2, 3, 4}, {4});
  const void* data = b.graph.constant(w)->held()->data();
  b.output(b.node(Op::kReshape, {w, b.ints("target", {2, -1})}, "y"));
  EXPECT_EQ(apply(fold_constants, b.graph), 1);
  EXPECT_EQ(b.graph.constant(b.graph.outputs[0])->shape(), Shape({2, 2}));
  EXPECT_EQ(b.graph.constant(b.graph.outputs[0])->held()->data(), data);
}

TEST(FoldConstants, LeavesWhatCannotBeEvaluated) {
  GraphBuilder b;
  b.output(b.node(Op::kSin, {b.floats("c", {1}, {1})}, "y"));
  EXPECT_EQ(apply(fold_constants, b.graph), 0);
}

TEST(FoldConstants, DoesNotMakeLargeTensorsOfSmallOnes) {
  GraphBuilder b;
  int calls = 0;
  const PassContext counting = {[&calls](const Node&, std::span<const ConstantPtr>) {
    ++calls;
    return Result<std::vector<Tensor>>(Status(ErrorCode::kInternal, "not to be called"));
  }};
  b.output(b.node(Op::kConstantOfShape, {b.ints("dims", {1 << 23})}, "y"));
  EXPECT_TRUE(fold_constants(b.graph, counting).ok());
  EXPECT_EQ(calls, 0);
}

TEST(FoldConstants, StopsAfterSomeTimesWhatTheGraphHolds) {
  constexpr int kNodes = 1000;
  GraphBuilder b;
  int calls = 0;
  const PassContext counting = {[&calls](const Node&, std::span<const ConstantPtr>) {
    ++calls;
    return Result<std::vector<Tensor>>(Status(ErrorCode::kInternal, "not evaluated"));
  }};
  const ValueId large = b.floats("large", Floats(1 << 20), {1 << 20});
  for (int i = 0; i < kNodes; ++i) b.output(b.node(Op::kReduceSum, {large}, "sum"));
  EXPECT_TRUE(fold_constants(b.graph, counting).ok());
  EXPECT_GT(calls, 10);
  EXPECT_LT(calls, 100);
}

TEST(FoldConstants, FreesConstantsThatOnlyTheFoldedNodeUsed) {
  GraphBuilder b;
  const ValueId one = b.ints("one", {1}), two = b.ints("two", {2});
  b.output(b.node(Op::kAdd, {one, two}, "sum"));
  EXPECT_EQ(apply(fold_constants, b.graph), 1);
  EXPECT_EQ(integers_of(b.graph, b.graph.outputs[0]), Ints{3});
  EXPECT_FALSE(b.graph.is_constant(one));
}

TEST(Specialize, BindsInputsAndFoldsWhatDependsOnThem) {
  GraphBuilder b;
  const ValueId y =
      exported_flatten(b, b.input("x", Shape{kDynamic, 3, 4}, DType::kFloat32, {"N"}));
  b.output(y);
  const InputShape shapes[] = {{"x", {5, 3, 4}}};
  ASSERT_TRUE(specialize(b.graph, shapes, kFake).ok());
  EXPECT_EQ(b.graph.value(y).shape, Shape({5, 12}));
  EXPECT_EQ(ops_of(b.graph), "Reshape");
  EXPECT_TRUE(b.graph.validate().ok());
}

TEST(Specialize, FillsInDimensionsByName) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{kDynamic, 3}, DType::kFloat32, {"N", ""});
  const ValueId mask = b.input("mask", Shape{kDynamic, 3}, DType::kFloat32, {"N", ""});
  b.output(b.node(Op::kMul, {x, mask}, "y"));
  const InputShape shapes[] = {{"x", {5, 3}}};
  ASSERT_TRUE(specialize(b.graph, shapes, kFake).ok());
  EXPECT_EQ(b.graph.value(mask).shape, Shape({5, 3}));
}

struct Refused {
  std::vector<InputShape> shapes;
  const char* sentence;
};

TEST(Specialize, RefusesShapesThatTheModelDoesNotTake) {
  const Refused cases[] = {
      {{{"z", {1, 3}}}, "the model has no input 'z'; its inputs are 'x', 'mask'"},
      {{{"x", {1, 4}}}, "input 'x' cannot have the shape [1, 4]: the model says [?, 3]"},
      {{{"x", {3}}}, "input 'x' cannot have the shape [3]: the model says [?, 3]"},
      {{{"x", {kDynamic, 3}}}, "input 'x' cannot have the shape [?, 3]: the model says [?, 3]"},
      {{{"x", {1, 3}}, {"mask", {2, 3}}},
       "dimension 'N' would be 1 in input 'x' and 2 in input 'mask': give both the same size"},
      {{}, "input 'x' has the shape [?, 3]: give its size"},
  };
  for (const Refused& c : cases) {
    GraphBuilder b;
    const ValueId x = b.input("x", Shape{kDynamic, 3}, DType::kFloat32, {"N", ""});
    const ValueId mask = b.input("mask", Shape{kDynamic, 3}, DType::kFloat32, {"N", ""});
    b.output(b.node(Op::kMul, {x, mask}, "y"));
    const Status status = specialize(b.graph, c.shapes, kFake);
    EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(status.message(), c.sentence);
  }
}

}  // namespace
}  // namespace octavo
