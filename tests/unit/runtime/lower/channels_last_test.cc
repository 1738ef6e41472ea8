// Every rule is held to the same promise: a graph behind a convolution gives the bytes that it
// gives without lowering, and the layout changes only where the rule could not keep it.
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/runtime/run_graph.h"

namespace octavo {
namespace {

struct Case {
  const char* name;
  // What follows y, the (1, 4, 5, 6) output of a convolution of x (1, 3, 5, 6).
  std::function<ValueId(GraphBuilder&, ValueId y)> build;
  int transposes;  // in the plan: one before the convolution, one at the output
};

ValueId conv(GraphBuilder& b, ValueId x, int64_t in, int64_t out, const std::string& name) {
  const Tensor w = noise_tensor(7, Shape{out, in, 3, 3});
  return b.node(Op::kConv, {x, b.graph.add_constant(name + " w", w)}, name,
                {{"pads", Ints{1, 1, 1, 1}}});
}

ValueId image(GraphBuilder& b, const std::string& name, const Shape& shape) {
  return b.graph.add_constant(name, noise_tensor(9, shape));
}

const Case kCases[] = {
    {"Unary", [](GraphBuilder& b, ValueId y) { return b.node(Op::kSigmoid, {y}, "z"); }, 2},
    {"Clip",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kClip, {y, b.floats("lo", {-1}, Shape{}), b.floats("hi", {1}, Shape{})},
                     "z");
     },
     2},
    {"BinaryWithChannelConstant",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kMul, {y, image(b, "c", Shape{4, 1, 1})}, "z");
     },
     2},
    {"BinaryWithRowConstant",
     [](GraphBuilder& b, ValueId y) { return b.node(Op::kAdd, {image(b, "c", Shape{6}), y}, "z"); },
     2},
    {"BinaryWithFullConstant",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kAdd, {y, image(b, "c", Shape{1, 4, 5, 6})}, "z");
     },
     2},
    {"BinaryWithInputOfTheModel",
     [](GraphBuilder& b, ValueId y) {
       const ValueId z = conv(b, b.graph.inputs[0], 3, 4, "second");
       return b.node(Op::kAdd, {y, z}, "z");
     },
     2},
    {"BinaryWithAVectorThatIsNoConstant",
     [](GraphBuilder& b, ValueId y) {
       const ValueId row = b.node(Op::kReduceMean, {b.graph.inputs[0], b.ints("axes", {0, 1, 2})},
                                  "row", {{"keepdims", int64_t{0}}});
       return b.node(Op::kAdd, {y, row}, "z");
     },
     2},
    {"SqueezeAndExcite",
     [](GraphBuilder& b, ValueId y) {
       const ValueId mean = b.node(Op::kGlobalAveragePool, {y}, "mean");
       const ValueId gate = b.node(Op::kHardSigmoid, {conv(b, mean, 4, 4, "gate")}, "gated");
       return b.node(Op::kMul, {gate, y}, "z");
     },
     2},
    {"PRelu",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kPRelu, {y, image(b, "slope", Shape{4, 1, 1})}, "z");
     },
     2},
    {"Concat",
     [](GraphBuilder& b, ValueId y) {
       const ValueId other = b.node(Op::kNeg, {y}, "other");
       return b.node(Op::kConcat, {y, other, image(b, "c", Shape{1, 2, 5, 6})}, "z",
                     {{"axis", int64_t{1}}});
     },
     2},
    {"Split",
     [](GraphBuilder& b, ValueId y) {
       const auto parts = b.nodes(Op::kSplit, {y}, {"a", "b"},
                                  {{"axis", int64_t{1}}, {"num_outputs", int64_t{2}}});
       return b.node(Op::kSub, {parts[0], parts[1]}, "z");
     },
     2},
    {"SoftmaxOverChannels",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kSoftmax, {y}, "z", {{"axis", int64_t{1}}});
     },
     2},
    {"SoftmaxOverTheLastAxis",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kSoftmax, {y}, "z", {{"axis", int64_t{-1}}});
     },
     2},
    {"Pad",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kPad, {y, b.ints("pads", {0, 1, 2, 3, 0, 0, 1, 0})}, "z");
     },
     2},
    {"SliceWithoutAxes",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kSlice, {y, b.ints("starts", {0, 1}), b.ints("ends", {1, 3})}, "z");
     },
     2},
    {"SliceOfNamedAxes",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kSlice,
                     {y, b.ints("starts", {1, 4}), b.ints("ends", {4, 0}), b.ints("axes", {-1, 2}),
                      b.ints("steps", {2, -1})},
                     "z");
     },
     2},
    {"ReduceKeepingDimensions",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kReduceMean, {y, b.ints("axes", {2, 3})}, "z");
     },
     1},
    {"ReduceToVectors",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kReduceMean, {y, b.ints("axes", {-1, -2})}, "z",
                     {{"keepdims", int64_t{0}}});
     },
     1},
    {"ReduceThatChangesTheOrder",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kReduceMax, {y, b.ints("axes", {2})}, "z", {{"keepdims", int64_t{0}}});
     },
     2},
    {"Resize",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kResize, {y, kNoValue, b.floats("scales", {1, 1, 2, 3}, Shape{4})}, "z",
                     {{"mode", std::string("nearest")},
                      {"coordinate_transformation_mode", std::string("asymmetric")},
                      {"nearest_mode", std::string("floor")}});
     },
     2},
    {"MaxPool",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kMaxPool, {y}, "z",
                     {{"kernel_shape", Ints{2, 3}}, {"strides", Ints{2, 2}}});
     },
     2},
    {"FlattenOfOnePixel",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kFlatten, {b.node(Op::kGlobalMaxPool, {y}, "max")}, "z");
     },
     1},
    {"FlattenOfAnImage", [](GraphBuilder& b, ValueId y) { return b.node(Op::kFlatten, {y}, "z"); },
     2},
    {"TransposeOfTheModelToTheSameLayout",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kTranspose, {y}, "z", {{"perm", Ints{0, 2, 3, 1}}});
     },
     1},
    {"TransposeOfTheModel",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kTranspose, {y}, "z", {{"perm", Ints{2, 1, 0, 3}}});
     },
     2},
    {"ChannelShuffle",
     [](GraphBuilder& b, ValueId y) {
       const ValueId split = b.node(Op::kReshape, {y, b.ints("split", {1, 2, 2, 5, 6})}, "groups");
       const ValueId swap =
           b.node(Op::kTranspose, {split}, "swapped", {{"perm", Ints{0, 2, 1, 3, 4}}});
       const ValueId join = b.node(Op::kReshape, {swap, b.ints("join", {1, 4, 5, 6})}, "joined");
       return conv(b, join, 4, 2, "z");
     },
     3},
    {"WhatHasNoRule",
     [](GraphBuilder& b, ValueId y) {
       return b.node(Op::kDepthToSpace, {y}, "z", {{"blocksize", int64_t{2}}});
     },
     2},
};

TEST(ChannelsLast, GivesTheSameBytes) {
  for (const Case& c : kCases) {
    GraphBuilder b;
    const ValueId x = b.input("x", Shape{1, 3, 5, 6});
    b.output(c.build(b, conv(b, x, 3, 4, "y")));
    const std::vector<Tensor> inputs = {noise_tensor(3, Shape{1, 3, 5, 6})};
    const auto plain = run_graph(b.graph, inputs, {.lower = false});
    const auto lowered = run_graph(b.graph, inputs);
    ASSERT_TRUE(plain.ok()) << c.name << ": " << plain.status().to_string();
    ASSERT_TRUE(lowered.ok()) << c.name << ": " << lowered.status().to_string();
    EXPECT_EQ((*plain)[0].shape(), (*lowered)[0].shape()) << c.name;
    EXPECT_EQ(floats_of((*plain)[0]), floats_of((*lowered)[0])) << c.name;
  }
}

TEST(ChannelsLast, TransposesAsOftenAsItMust) {
  for (const Case& c : kCases) {
    GraphBuilder b;
    const ValueId x = b.input("x", Shape{1, 3, 5, 6});
    b.output(c.build(b, conv(b, x, 3, 4, "y")));
    const auto plan = make_plan(b.graph);
    ASSERT_TRUE(plan.ok()) << c.name << ": " << plan.status().to_string();
    EXPECT_EQ(count_ops((*plan)->graph, Op::kTranspose), c.transposes) << c.name;
  }
}

TEST(ChannelsLast, OutputsKeepNameAndShape) {
  GraphBuilder b;
  b.output(conv(b, b.input("x", Shape{1, 3, 5, 6}), 3, 4, "y"));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  const Value& y = (*plan)->graph.value((*plan)->graph.outputs[0]);
  EXPECT_EQ(y.name, "y");
  EXPECT_EQ(*y.shape, (Shape{1, 4, 5, 6}));
  EXPECT_FALSE(y.channels_last);
}

TEST(ChannelsLast, StartsFromAModelsOwnTranspose) {
  GraphBuilder b;
  const ValueId x = b.input("x", Shape{1, 5, 6, 3});
  const ValueId first = b.node(Op::kTranspose, {x}, "first", {{"perm", Ints{0, 3, 1, 2}}});
  b.output(b.node(Op::kTranspose, {conv(b, first, 3, 4, "y")}, "z", {{"perm", Ints{0, 2, 3, 1}}}));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  EXPECT_EQ(count_ops((*plan)->graph, Op::kTranspose), 0) << dump((*plan)->graph);
}

TEST(ChannelsLast, LeavesUnknownShapesAsTheyAre) {
  GraphBuilder b;
  b.output(conv(b, b.input("x", Shape{kDynamic, 3, 5, 6}), 3, 4, "y"));
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(count_ops((*plan)->graph, Op::kTranspose), 0);
}

}  // namespace
}  // namespace octavo
