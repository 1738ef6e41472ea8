#include "tests/unit/passes/pass_test_support.h"

namespace octavo {
namespace {

TEST(EliminateIdentity, DropsNodesThatDoNothing) {
  GraphBuilder b;
  ValueId x = b.input("x", Shape{1, 2, 3});
  x = b.node(Op::kRelu, {x}, "r");
  b.graph.value(x).dtype = DType::kFloat32;
  x = b.node(Op::kIdentity, {x}, "i");
  x = b.node(Op::kDropout, {x}, "d");
  x = b.node(Op::kConcat, {x}, "k");
  x = b.node(Op::kTranspose, {x}, "t", {{"perm", Ints{0, 1, 2}}});
  x = b.node(Op::kPad, {x, b.ints("pads", {0, 0, 0, 0, 0, 0})}, "p");
  x = b.node(Op::kCast, {x}, "c", {{"to", int64_t{1}}});
  b.output(b.node(Op::kNeg, {x}, "y"));
  EXPECT_EQ(apply(eliminate_identity, b.graph), 6);
  EXPECT_EQ(ops_of(b.graph), "Relu Neg");
}

TEST(EliminateIdentity, DropsAReshapeToTheSameKnownShape) {
  GraphBuilder b;
  const ValueId x = b.node(Op::kRelu, {b.input("x", Shape{2, 3})}, "r");
  b.graph.value(x).shape = Shape{2, 3};
  const ValueId same = b.node(Op::kReshape, {x, b.ints("target", {2, 3})}, "same");
  b.graph.value(same).shape = Shape{2, 3};
  b.output(b.node(Op::kNeg, {same}, "y"));
  EXPECT_EQ(apply(eliminate_identity, b.graph), 1);
}

TEST(EliminateIdentity, LeavesNodesThatDoSomething) {
  GraphBuilder b;
  ValueId x = b.input("x", Shape{2, 2});
  x = b.node(Op::kTranspose, {x}, "t", {{"perm", Ints{1, 0}}});
  x = b.node(Op::kPad, {x, b.ints("pads", {0, 0, 0, 1})}, "p");
  x = b.node(Op::kCast, {x}, "c", {{"to", int64_t{6}}});
  x = b.node(Op::kClip, {x, b.floats("min", {0}, {})}, "k");
  b.output(x);
  EXPECT_EQ(apply(eliminate_identity, b.graph), 0);
}

TEST(EliminateIdentity, GivesTheNameOfAnOutputToWhatTakesItsPlace) {
  GraphBuilder b;
  const ValueId hidden = b.node(Op::kRelu, {b.input("x", Shape{1})}, "hidden");
  b.output(b.node(Op::kIdentity, {hidden}, "y"));
  EXPECT_EQ(apply(eliminate_identity, b.graph), 1);
  EXPECT_EQ(b.graph.value(b.graph.outputs[0]).name, "y");
}

TEST(EliminateIdentity, LeavesOneBetweenAnInputAndAnOutput) {
  GraphBuilder b;
  b.output(b.node(Op::kIdentity, {b.input("x", Shape{1})}, "y"));
  EXPECT_EQ(apply(eliminate_identity, b.graph), 0);
}

TEST(EliminateIdentity, LeavesOneBetweenTwoOutputs) {
  GraphBuilder b;
  const ValueId first = b.node(Op::kRelu, {b.input("x", Shape{1})}, "first");
  b.output(first);
  b.output(b.node(Op::kIdentity, {first}, "second"));
  EXPECT_EQ(apply(eliminate_identity, b.graph), 0);
}

TEST(EliminateIdentity, LeavesADropoutWhoseMaskIsUsed) {
  GraphBuilder b;
  const auto outputs =
      b.nodes(Op::kDropout, {b.node(Op::kRelu, {b.input("x", Shape{1})}, "r")}, {"kept", "mask"});
  b.output(b.node(Op::kNeg, {outputs[0]}, "y"));
  b.output(outputs[1]);
  EXPECT_EQ(apply(eliminate_identity, b.graph), 0);
}

TEST(EliminateDead, DropsAChainThatLeadsNowhereAndItsConstants) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1});
  const ValueId c = b.floats("c", {1}, {1});
  b.node(Op::kNeg, {b.node(Op::kAdd, {x, c}, "dead")}, "deader");
  b.output(b.node(Op::kRelu, {x}, "y"));
  EXPECT_EQ(apply(eliminate_dead, b.graph), 2);
  EXPECT_EQ(ops_of(b.graph), "Relu");
  EXPECT_FALSE(b.graph.is_constant(c)) << "its memory is free";
  EXPECT_EQ(b.graph.inputs.size(), 1u);
}

TEST(EliminateDead, KeepsANodeOfWhichOneOutputIsUsed) {
  GraphBuilder b;
  const auto parts = b.nodes(Op::kSplit, {b.input("x", Shape{2})}, {"left", "right"});
  b.output(parts[1]);
  EXPECT_EQ(apply(eliminate_dead, b.graph), 0);
}

TEST(EliminateDoubleTranspose, MakesOneOfTwo) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3, 4});
  const ValueId first = b.node(Op::kTranspose, {x}, "a", {{"perm", Ints{1, 2, 0}}});
  b.output(b.node(Op::kTranspose, {first}, "y", {{"perm", Ints{1, 0, 2}}}));
  EXPECT_EQ(apply(eliminate_double_transpose, b.graph), 1);
  EXPECT_EQ(apply(eliminate_dead, b.graph), 1);
  EXPECT_EQ(ops_of(b.graph), "Transpose");
  EXPECT_EQ(b.graph.node(b.graph.producer(b.graph.outputs[0])).attrs.get_ints("perm"),
            (Ints{2, 1, 0}));
}

TEST(EliminateDoubleTranspose, KeepsTheFirstWhereOthersUseIt) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{2, 3});
  const ValueId first = b.node(Op::kTranspose, {x}, "a");
  b.output(b.node(Op::kTranspose, {first}, "y", {{"perm", Ints{1, 0}}}));
  b.output(b.node(Op::kNeg, {first}, "z"));
  EXPECT_EQ(apply(eliminate_double_transpose, b.graph), 1);
  EXPECT_EQ(apply(eliminate_dead, b.graph), 0);
}

}  // namespace
}  // namespace octavo
