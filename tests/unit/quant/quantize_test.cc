#include "quant/quantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "quant/params.h"
#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

int count_nodes(const Graph& graph, Op op) {
  int found = 0;
  for (NodeId id : graph.live_nodes()) found += graph.node(id).op == op ? 1 : 0;
  return found;
}

template <typename T>
std::vector<T> constant_of(const Graph& graph, const std::string& name) {
  return values_of<T>(graph, graph.find_value(name));
}

// x -> Conv(w, b) -> y
class OneConv : public testing::Test {
 protected:
  OneConv() {
    const ValueId x = small_.input("x", Shape{1, 2, 2, 1});
    small_.output(small_.conv("y", x, {1.27f, 0.635f, 12.7f, -6.35f}, 2, {0.5f, -1}));
  }
  const Ranges ranges_ = ranges_of({{"x", {0, 2.55f}}, {"y", {-10.2f, 15.3f}}});
  SmallGraph small_;
};

TEST_F(OneConv, StandsBetweenDequantizeAndQuantize) {
  const Graph graph = quantized(small_.graph, ranges_).graph;
  const Node& conv = node_named(graph, "y");
  for (ValueId input : conv.inputs) {
    EXPECT_EQ(graph.node(graph.producer(input)).op, Op::kDequantizeLinear);
  }
  const NodeId reader = graph.only_consumer(conv.outputs[0]);
  ASSERT_NE(reader, kNoNode);
  EXPECT_EQ(graph.node(reader).op, Op::kQuantizeLinear);
}

TEST_F(OneConv, WeightsAreInt8PerChannel) {
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(constant_of<int8_t>(graph, "y_w_q"), (std::vector<int8_t>{127, 64, 127, -64}));
  const QuantParams params = params_of(graph, "y_w");
  EXPECT_FLOAT_EQ(params.scale[0], 0.01f);
  EXPECT_FLOAT_EQ(params.scale[1], 0.1f);
  const Node& reader = dequantize_of(graph, "y_w");
  EXPECT_EQ(values_of<float>(graph, reader.inputs[1]), params.scale);
  EXPECT_EQ(values_of<int8_t>(graph, reader.inputs[2]), (std::vector<int8_t>{0, 0}));
  EXPECT_EQ(reader.attrs.get_int("axis", -1), 0);
}

TEST_F(OneConv, WeightsPerTensorHaveOneScalarScale) {
  Recipe recipe;
  recipe.weights = Granularity::kPerTensor;
  const Graph graph = quantized(small_.graph, ranges_, recipe).graph;
  EXPECT_EQ(constant_of<int8_t>(graph, "y_w_q"), (std::vector<int8_t>{13, 6, 127, -64}));
  for (const char* name : {"y_w", "y_b"}) {
    EXPECT_EQ(graph.constant(dequantize_of(graph, name).inputs[1])->shape(), Shape{}) << name;
  }
}

TEST_F(OneConv, BiasIsInt32InTheUnitOfTheProducts) {
  const Graph graph = quantized(small_.graph, ranges_).graph;
  const QuantParams x = params_of(graph, "x"), w = params_of(graph, "y_w"),
                    b = params_of(graph, "y_b");
  EXPECT_EQ(b.dtype, DType::kInt32);
  EXPECT_EQ(b.scale, (std::vector<float>{x.scale[0] * w.scale[0], x.scale[0] * w.scale[1]}));
  EXPECT_EQ(constant_of<int32_t>(graph, "y_b_q"), (std::vector<int32_t>{5000, -1000}));
}

TEST_F(OneConv, InputAndOutputKeepNameAndType) {
  const Graph graph = quantized(small_.graph, ranges_).graph;
  ASSERT_EQ(graph.outputs.size(), 1u);
  const Value& output = graph.value(graph.outputs[0]);
  EXPECT_EQ(output.name, "y");
  EXPECT_EQ(output.dtype, DType::kFloat32);
  EXPECT_EQ(graph.node(graph.producer(graph.outputs[0])).op, Op::kDequantizeLinear);
  EXPECT_EQ(graph.value(graph.inputs[0]).name, "x");
  EXPECT_EQ(graph.value(graph.inputs[0]).dtype, DType::kFloat32);
}

TEST_F(OneConv, Int8ActivationsAreAsymmetric) {
  Recipe recipe;
  recipe.activations = DType::kInt8;
  const Graph graph = quantized(small_.graph, ranges_, recipe).graph;
  EXPECT_EQ(params_of(graph, "x").dtype, DType::kInt8);
  EXPECT_EQ(params_of(graph, "x").zero_point[0], -128);
  EXPECT_EQ(graph.value(dequantize_of(graph, "x").inputs[2]).dtype, DType::kInt8);
}

// The bias stays float: there is no integer that it would be added to.
TEST_F(OneConv, Int16ActivationsAreHundredsOfTimesFiner) {
  Recipe recipe;
  recipe.activations = DType::kInt16;
  const Graph graph = quantized(small_.graph, ranges_, recipe).graph;
  const QuantParams x = params_of(graph, "x");
  EXPECT_EQ(x.dtype, DType::kInt16);
  EXPECT_EQ(x.zero_point[0], -32768);
  EXPECT_FLOAT_EQ(x.scale[0], 2.55f / 65535);
  EXPECT_EQ(graph.value(dequantize_of(graph, "x").inputs[2]).dtype, DType::kInt16);
  EXPECT_EQ(graph.constant(node_named(graph, "y").inputs[2])->dtype(), DType::kFloat32);
  EXPECT_EQ(graph.value(dequantize_of(graph, "y_w").inputs[0]).dtype, DType::kInt8);
}

TEST_F(OneConv, IsLeftInFloatByPatternAndByOperator) {
  Recipe by_name, by_op;
  by_name.exclude = {"y*"};
  by_op.exclude_ops = {"Conv"};
  for (const Recipe& recipe : {by_name, by_op}) {
    const QuantizeResult result = quantized(small_.graph, ranges_, recipe);
    EXPECT_EQ(count_nodes(result.graph, Op::kQuantizeLinear), 0);
    EXPECT_FALSE(line_of(result, "y").quantized);
    EXPECT_NE(line_of(result, "y").reason.find("excluded by"), std::string::npos);
  }
}

TEST_F(OneConv, WithoutRangeIsLeftInFloat) {
  const QuantizeResult result = quantized(small_.graph, ranges_of({{"x", {0, 1}}}));
  EXPECT_EQ(line_of(result, "y").reason, "calibration gave no range for 'y'");
}

TEST_F(OneConv, QuantizedTwiceIsRefused) {
  const Graph graph = quantized(small_.graph, ranges_).graph;
  const Status status = quantize(graph, ranges_, Recipe()).status();
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_NE(status.message().find("already quantized"), std::string::npos);
}

TEST(Quantize, NanInWeightsNamesNodeAndConstant) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  small.output(small.conv("y", x, {1, std::numeric_limits<float>::quiet_NaN()}, 2));
  const Status status =
      quantize(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}}), Recipe()).status();
  EXPECT_EQ(status.code(), ErrorCode::kModelUnsupported);
  EXPECT_EQ(status.where(), "node 'y' (Conv)");
  EXPECT_NE(status.message().find("'y_w' holds NaN at element 1"), std::string::npos);
}

TEST(Quantize, BiasBeyondInt32WidensItsChannelsScale) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  small.output(small.conv("y", x, {1e-9f, 1}, 2, {100, 100}));
  const Graph graph = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 200}}})).graph;
  const QuantParams b = params_of(graph, "y_b");
  const std::vector<int32_t> bias = constant_of<int32_t>(graph, "y_b_q");
  EXPECT_NEAR(static_cast<double>(bias[0]) * b.scale[0], 100, 1e-4);
  EXPECT_LE(bias[0], (1 << 30) + 256);
  EXPECT_FLOAT_EQ(params_of(graph, "y_w").scale[1], 1 / 127.0f);  // the other is as it was
}

TEST(Quantize, ReluBehindConvBecomesItsRange) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  small.output(small.node(Op::kRelu, "relu", {conv}, Shape{1, 1, 1, 1}));
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"conv", {-9, 9}}, {"relu", {0, 5}}}));
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 0);
  EXPECT_EQ(params_of(result.graph, "relu"), activation_params({0, 5}, DType::kUint8));
  EXPECT_EQ(line_of(result, "relu").reason, "folded into 'conv'");
  EXPECT_TRUE(line_of(result, "relu").quantized);
}

TEST(Quantize, ClipBoundsTheRange) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId low = small.constant("low", {0}, Shape{}),
                high = small.constant("high", {6}, Shape{});
  small.output(small.node(Op::kClip, "clip", {conv, low, high}, Shape{1, 1, 1, 1}));
  // A range that was not observed behind this Clip, but given.
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"clip", {-2, 9}}}));
  EXPECT_EQ(params_of(result.graph, "clip"), activation_params({0, 6}, DType::kUint8));
}

TEST(Quantize, ClipThatExcludesZeroStays) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId low = small.constant("low", {1}, Shape{}),
                high = small.constant("high", {6}, Shape{});
  small.end_in_conv(small.node(Op::kClip, "clip", {conv, low, high}, Shape{1, 1, 1, 1}));
  const QuantizeResult result =
      quantized(small.graph,
                ranges_of({{"x", {-1, 1}}, {"conv", {-1, 1}}, {"clip", {1, 1}}, {"end", {0, 1}}}));
  EXPECT_EQ(count_nodes(result.graph, Op::kClip), 1);
  EXPECT_TRUE(line_of(result, "clip").quantized);
}

TEST(Quantize, ReluWhoseInputHasAnotherReaderStays) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId relu = small.node(Op::kRelu, "relu", {conv}, Shape{1, 1, 1, 1});
  small.output(small.node(Op::kAdd, "sum", {conv, relu}, Shape{1, 1, 1, 1}));
  const QuantizeResult result = quantized(
      small.graph,
      ranges_of({{"x", {-1, 1}}, {"conv", {-9, 9}}, {"relu", {0, 9}}, {"sum", {-9, 18}}}));
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 1);
  EXPECT_EQ(params_of(result.graph, "conv"), activation_params({-9, 9}, DType::kUint8));
}

TEST(Quantize, ExcludedReluKeepsItsConvInFloat) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  small.output(small.node(Op::kRelu, "relu", {conv}, Shape{1, 1, 1, 1}));
  Recipe recipe;
  recipe.exclude = {"relu"};
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"relu", {0, 5}}}), recipe);
  EXPECT_EQ(line_of(result, "conv").reason, "its Relu is excluded by 'relu'");
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 1);
  EXPECT_EQ(count_nodes(result.graph, Op::kQuantizeLinear), 0);
}

TEST(Quantize, MaxPoolAndReshapePassIntegersThrough) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId pool = small.node(Op::kMaxPool, "pool", {conv}, Shape{1, 1, 1, 1});
  const ValueId shape = small.integers("shape", {1, -1});
  small.end_in_conv(small.node(Op::kReshape, "flat", {pool, shape}, Shape{1, 1}));
  const Graph graph = quantized(small.graph, ranges_of({{"x", {-1, 1}},
                                                        {"conv", {-2, 4}},
                                                        {"pool", {-1, 3}},
                                                        {"flat", {-1, 3}},
                                                        {"end", {0, 1}}}))
                          .graph;
  EXPECT_EQ(params_of(graph, "pool"), activation_params({-2, 4}, DType::kUint8));
  EXPECT_EQ(params_of(graph, "flat"), params_of(graph, "conv"));
}

// Two convolutions joined.
class TwoBranches : public testing::Test {
 protected:
  TwoBranches() {
    x_ = small_.input("x", Shape{1, 1, 2, 1});
    a_ = small_.conv("a", x_, {1}, 1);
    b_ = small_.conv("b", x_, {1}, 1);
  }
  void join(std::vector<ValueId> inputs) {
    Attributes attrs;
    attrs.set("axis", int64_t{1});
    small_.end_in_conv(
        small_.node(Op::kConcat, "joined", std::move(inputs), Shape{1, 2, 1, 1}, attrs));
  }
  const Ranges ranges_ = ranges_of({{"x", {-1, 1}},
                                    {"a", {-1, 2}},
                                    {"b", {-4, 1}},
                                    {"joined", {-4, 2}},
                                    {"relu", {0, 9}},
                                    {"pool", {-1, 2}},
                                    {"end", {0, 1}}});
  SmallGraph small_;
  ValueId x_, a_, b_;
};

TEST_F(TwoBranches, ShareTheScaleOfTheirConcat) {
  join({a_, b_});
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(params_of(graph, "joined"), activation_params({-4, 2}, DType::kUint8));
  EXPECT_EQ(params_of(graph, "a"), params_of(graph, "joined"));
  EXPECT_EQ(params_of(graph, "b"), params_of(graph, "joined"));
}

TEST_F(TwoBranches, WithAnotherReaderKeepTheirOwnScale) {
  join({a_, b_});
  small_.output(small_.node(Op::kSigmoid, "other", {a_}, Shape{1, 1, 1, 1}));
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(params_of(graph, "a"), activation_params({-1, 2}, DType::kUint8));
  EXPECT_EQ(params_of(graph, "b"), params_of(graph, "joined"));
}

TEST_F(TwoBranches, KeepTheirScaleWhereAPoolHasAnotherReaderBeforeIt) {
  small_.output(small_.node(Op::kSigmoid, "other", {a_}, Shape{1, 1, 1, 1}));
  join({small_.node(Op::kMaxPool, "pool", {a_}, Shape{1, 1, 1, 1}), b_});
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(params_of(graph, "pool"), activation_params({-1, 2}, DType::kUint8));
}

TEST_F(TwoBranches, FoldedReluIsNotWidenedAway) {
  join({small_.node(Op::kRelu, "relu", {a_}, Shape{1, 1, 1, 1}), b_});
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(params_of(graph, "relu"), activation_params({0, 9}, DType::kUint8));  // saturates at 0
  EXPECT_EQ(params_of(graph, "b"), params_of(graph, "joined"));
}

TEST_F(TwoBranches, ConstantSideOfAnAddIsQuantizedLikeAnActivation) {
  const ValueId three = small_.constant("three", {3}, Shape{});
  small_.end_in_conv(small_.node(Op::kAdd, "joined", {a_, three}, Shape{1, 1, 1, 1}));
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(constant_of<uint8_t>(graph, "three_q"), std::vector<uint8_t>{255});
  EXPECT_EQ(params_of(graph, "three"), activation_params({0, 3}, DType::kUint8));
}

TEST_F(TwoBranches, AddOfFloatsStaysFloat) {
  small_.output(small_.node(Op::kAdd, "joined", {x_, x_}, Shape{1, 1, 1, 1}));
  const QuantizeResult result = quantized(small_.graph, ranges_);
  EXPECT_EQ(line_of(result, "joined").reason, "its inputs are not quantized");
}

TEST_F(TwoBranches, SoftmaxReadsTheDequantizedValue) {
  small_.output(small_.node(Op::kSoftmax, "softmax", {a_}, Shape{1, 1, 1, 1}));
  const QuantizeResult result = quantized(small_.graph, ranges_);
  const Node& softmax = node_named(result.graph, "softmax");
  EXPECT_EQ(result.graph.node(result.graph.producer(softmax.inputs[0])).op, Op::kDequantizeLinear);
  EXPECT_EQ(line_of(result, "softmax").reason, "Softmax stays in float");
}

TEST_F(TwoBranches, FloatReadersOfAFloatValueKeepIt) {
  small_.output(small_.node(Op::kSoftmax, "softmax", {x_}, Shape{1, 1, 1, 1}));
  small_.output(a_);
  const Graph graph = quantized(small_.graph, ranges_).graph;
  EXPECT_EQ(graph.value(node_named(graph, "softmax").inputs[0]).name, "x");
}

TEST(Quantize, SharedWeightsWithOneScaleAreStoredOnce) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId w = small.constant("w", {1}, Shape{1, 1, 1, 1});
  const ValueId a = small.node(Op::kConv, "a", {x, w}, Shape{1, 1, 2, 1});
  small.output(small.node(Op::kConv, "b", {a, w}, Shape{1, 1, 1, 1}));
  const Graph graph =
      quantized(small.graph, ranges_of({{"x", {0, 1}}, {"a", {0, 1}}, {"b", {0, 1}}})).graph;
  EXPECT_EQ(node_named(graph, "a").inputs[1], node_named(graph, "b").inputs[1]);
}

TEST(Quantize, SharedWeightsWithTwoScalesBecomeTwo) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId w = small.constant("w", {1e-9f}, Shape{1, 1, 1, 1});
  const ValueId bias = small.constant("bias", {100}, Shape{1});  // widens the scale of a's weights
  const ValueId a = small.node(Op::kConv, "a", {x, w, bias}, Shape{1, 1, 2, 1});
  small.output(small.node(Op::kConv, "b", {a, w}, Shape{1, 1, 1, 1}));
  const Graph graph =
      quantized(small.graph, ranges_of({{"x", {0, 1}}, {"a", {0, 1}}, {"b", {0, 1}}})).graph;
  EXPECT_NE(node_named(graph, "a").inputs[1], node_named(graph, "b").inputs[1]);
}

TEST(Quantize, EqualScalesAndZeroPointsAreStoredOnceButThoseOfWeightsApart) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  small.output(small.conv("b", small.conv("a", x, {1}, 1), {1}, 1));
  const Graph graph =
      quantized(small.graph, ranges_of({{"x", {0, 1}}, {"a", {0, 1}}, {"b", {0, 1}}})).graph;
  const auto behind = [&](const char* node, size_t input) {
    return graph.node(graph.producer(node_named(graph, node).inputs[input])).inputs;
  };
  EXPECT_NE(behind("a", 0)[0], behind("b", 0)[0]);
  EXPECT_EQ(behind("a", 0)[1], behind("b", 0)[1]);
  EXPECT_EQ(behind("a", 0)[2], behind("b", 0)[2]);
  EXPECT_EQ(behind("a", 1)[1], behind("b", 1)[1]);
  EXPECT_NE(behind("a", 1)[2], behind("b", 1)[2]);
}

TEST(Quantize, GemmScalesRunAlongItsOutputs) {
  for (const bool transposed : {false, true}) {
    SmallGraph small;
    const ValueId x = small.input("x", Shape{1, 2});
    const ValueId w =
        small.constant("w", {1, 2, 3, 4, 5, 6}, transposed ? Shape{3, 2} : Shape{2, 3});
    const ValueId b = small.constant("b", {1, 1, 1}, Shape{1, 3});
    Attributes attrs;
    attrs.set("transB", int64_t{transposed});
    small.output(small.node(Op::kGemm, "y", {x, w, b}, Shape{1, 3}, attrs));
    const Graph graph = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}})).graph;
    const QuantParams params = params_of(graph, "w");
    EXPECT_EQ(params.axis, transposed ? 0 : 1);
    const std::vector<float> largest =
        transposed ? std::vector<float>{2, 4, 6} : std::vector<float>{4, 5, 6};
    for (size_t i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(params.scale[i], largest[i] / 127);
    EXPECT_EQ(graph.constant(graph.find_value("b_q"))->shape(), Shape{3});
  }
}

TEST(Quantize, GemmWithFactorsStaysFloat) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1});
  const ValueId w = small.constant("w", {1}, Shape{1, 1});
  Attributes attrs;
  attrs.set("alpha", 0.5f);
  small.output(small.node(Op::kGemm, "y", {x, w}, Shape{1, 1}, attrs));
  const QuantizeResult result = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}}));
  EXPECT_EQ(line_of(result, "y").reason, "integer Gemm needs transA 0, alpha 1 and beta 1");
}

TEST(Quantize, ConvWhoseWeightsAreComputedStaysFloat) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1}), w = small.input("w", Shape{1, 1, 1, 1});
  small.output(small.node(Op::kConv, "y", {x, w}, Shape{1, 1, 1, 1}));
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {0, 1}}, {"w", {0, 1}}, {"y", {0, 1}}}));
  EXPECT_EQ(line_of(result, "y").reason, "its weights are not a constant of known form");
}

TEST(Quantize, ConvTransposeBiasRepeatsTheChannelsOfEachGroup) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 2, 2, 1});
  const ValueId w = small.constant("w", {1, 2, 1, 2}, Shape{2, 2, 1, 1});  // 2 groups of 2 outputs
  const ValueId b = small.constant("b", {1, 1, 1, 1}, Shape{4});
  Attributes attrs;
  attrs.set("group", int64_t{2});
  small.output(small.node(Op::kConvTranspose, "y", {x, w, b}, Shape{1, 4, 1, 1}, attrs));
  const Graph graph = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}})).graph;
  EXPECT_EQ(params_of(graph, "w").axis, 1);
  const QuantParams bias = params_of(graph, "b");
  ASSERT_EQ(bias.scale.size(), 4u);
  EXPECT_EQ(bias.scale[0], bias.scale[2]);
  EXPECT_EQ(bias.scale[1], bias.scale[3]);
  EXPECT_NE(bias.scale[0], bias.scale[1]);
}

TEST(Quantize, MeanIsIntegerOverPicturesOnly) {
  for (const auto& [axes, integer] : std::vector<std::pair<std::vector<int64_t>, bool>>{
           {{2, 3}, true}, {{-1, -2}, true}, {{3}, false}, {{1, 2}, false}, {{-2, 2}, false}}) {
    SmallGraph small;
    const ValueId x = small.input("x", Shape{1, 1, 2, 1});
    const ValueId conv = small.conv("conv", x, {1}, 1);
    const ValueId over = small.integers("axes", axes);
    small.end_in_conv(small.node(Op::kReduceMean, "mean", {conv, over}, Shape{1, 1, 1, 1}));
    const QuantizeResult result =
        quantized(small.graph,
                  ranges_of({{"x", {0, 1}}, {"conv", {0, 1}}, {"mean", {0, 1}}, {"end", {0, 1}}}));
    EXPECT_EQ(line_of(result, "mean").quantized, integer);
  }
}

TEST(Quantize, WhatEndsInFloatStaysFloatBehindTheLastConv) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  const ValueId sum = small.node(Op::kAdd, "sum", {conv, conv}, Shape{1, 1, 1, 1});
  const ValueId relu = small.node(Op::kRelu, "relu", {sum}, Shape{1, 1, 1, 1});
  const ValueId pool = small.node(Op::kGlobalAveragePool, "pool", {relu}, Shape{1, 1, 1, 1});
  small.output(small.node(Op::kSoftmax, "softmax", {pool}, Shape{1, 1, 1, 1}));
  const QuantizeResult result =
      quantized(small.graph,
                ranges_of({{"x", {0, 1}}, {"conv", {0, 1}}, {"relu", {0, 1}}, {"pool", {0, 1}}}));
  EXPECT_TRUE(line_of(result, "conv").quantized);
  for (const char* name : {"sum", "relu", "pool"}) {
    EXPECT_EQ(line_of(result, name).reason, "its output is read in float") << name;
  }
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 1);
  EXPECT_EQ(count_nodes(result.graph, Op::kQuantizeLinear), 2);
}

TEST(Quantize, ConvAtTheEndTakesItsReluIn) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  const ValueId conv = small.conv("conv", x, {1}, 1);
  small.output(small.node(Op::kRelu, "relu", {conv}, Shape{1, 1, 1, 1}));
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"relu", {0, 5}}}));
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 0);
  EXPECT_EQ(result.graph.value(result.graph.outputs[0]).name, "relu");
}

TEST(Quantize, GemmAtTheEndGivesFloats) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1});
  const ValueId w = small.constant("w", {1}, Shape{1, 1});
  const ValueId gemm = small.node(Op::kGemm, "gemm", {x, w}, Shape{1, 1});
  small.output(small.node(Op::kRelu, "relu", {gemm}, Shape{1, 1}));
  const QuantizeResult result =
      quantized(small.graph, ranges_of({{"x", {-1, 1}}, {"gemm", {-5, 5}}, {"relu", {0, 5}}}));
  const Node& relu = node_named(result.graph, "relu");
  EXPECT_EQ(result.graph.node(result.graph.producer(relu.inputs[0])).op, Op::kGemm);
  EXPECT_TRUE(line_of(result, "gemm").quantized);
  EXPECT_EQ(count_nodes(result.graph, Op::kQuantizeLinear), 1);
}

TEST(Quantize, ConvOfOnePixelAtTheEndBecomesAGemmThatGivesFloats) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 2, 1, 1});
  const ValueId y = small.conv("y", x, {1, 2, 3, 4}, 2, {1, 1});
  small.output(small.node(Op::kSoftmax, "softmax", {y}, Shape{1, 2, 1, 1}));
  const Graph graph = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}})).graph;
  const Node& gemm = node_named(graph, "y");
  EXPECT_EQ(gemm.op, Op::kGemm);
  EXPECT_EQ(gemm.attrs.get_int("transB", 0), 1);
  EXPECT_EQ(graph.constant(graph.find_value("y_w_flat_q"))->shape(), (Shape{2, 2}));
  const NodeId reader = graph.only_consumer(gemm.outputs[0]);
  EXPECT_EQ(graph.node(reader).op, Op::kUnsqueeze);
  EXPECT_EQ(graph.value(graph.node(reader).outputs[0]).name, "y");
  EXPECT_EQ(params_of(graph, "x_flat"), params_of(graph, "x"));
}

TEST(Quantize, ConvOfOnePixelThatIntegersReadStays) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 1, 1});
  small.end_in_conv(small.conv("y", x, {1}, 1));
  const Graph graph =
      quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}, {"end", {0, 1}}})).graph;
  EXPECT_EQ(node_named(graph, "y").op, Op::kConv);
}

TEST(Quantize, BiasHasNoZeroPoint) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  small.output(small.conv("y", x, {1}, 1, {1}));
  const Graph graph = quantized(small.graph, ranges_of({{"x", {0, 1}}, {"y", {0, 1}}})).graph;
  EXPECT_EQ(dequantize_of(graph, "y_b").inputs.size(), 2u);
}

TEST(Quantize, EqualScalesAndZeroPointsAreStoredOnce) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 1, 2, 1});
  small.output(small.conv("z", small.conv("y", x, {1}, 1), {2}, 1));
  const Ranges ranges = ranges_of({{"x", {0, 1}}, {"y", {0, 1}}, {"z", {0, 3}}});
  const Graph graph = quantized(small.graph, ranges).graph;
  const Node &of_x = dequantize_of(graph, "x"), &of_y = dequantize_of(graph, "y"),
             &of_z = dequantize_of(graph, "z"), &of_w = dequantize_of(graph, "y_w");
  EXPECT_EQ(of_x.inputs[1], of_y.inputs[1]);
  EXPECT_NE(of_x.inputs[1], of_z.inputs[1]);
  EXPECT_EQ(of_x.inputs[2], of_z.inputs[2]);
  EXPECT_NE(of_x.inputs[2], of_w.inputs[2]);  // uint8 and int8
}

// x -> Conv -> Relu -> Conv
class ReluBetween : public testing::Test {
 protected:
  ReluBetween() {
    const ValueId x = small_.input("x", Shape{1, 1, 2, 1});
    const ValueId conv = small_.conv("conv", x, {1}, 1);
    small_.end_in_conv(small_.node(Op::kRelu, "relu", {conv}, Shape{1, 1, 2, 1}));
  }
  QuantizeResult quantized_by(const Recipe& recipe) {
    return quantized(
        small_.graph,
        ranges_of({{"x", {-1, 1}}, {"conv", {-9, 5}}, {"relu", {0, 5}}, {"end", {0, 1}}}), recipe);
  }
  SmallGraph small_;
};

TEST_F(ReluBetween, StaysWhereIntegersAreSymmetricAndSharesTheScaleOfItsLayer) {
  Recipe recipe;
  recipe.symmetric = true;
  const QuantizeResult result = quantized_by(recipe);
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 1);
  EXPECT_EQ(params_of(result.graph, "relu"), activation_params({-5, 5}, ActivationType(recipe)));
  EXPECT_EQ(params_of(result.graph, "conv"), params_of(result.graph, "relu"));
  EXPECT_TRUE(line_of(result, "conv").quantized && line_of(result, "relu").quantized);
}

TEST_F(ReluBetween, StaysFoldedInSevenUnsignedBits) {
  Recipe recipe;
  recipe.activation_bits = 7;
  const QuantizeResult result = quantized_by(recipe);
  EXPECT_EQ(count_nodes(result.graph, Op::kRelu), 0);
  EXPECT_EQ(params_of(result.graph, "relu"), activation_params({0, 5}, ActivationType(recipe)));
}

TEST_F(ReluBetween, OnlyOpsLeaveTheReluOfALayerToIt) {
  Recipe recipe;
  recipe.only_ops = {"Conv"};
  EXPECT_TRUE(line_of(quantized_by(recipe), "relu").quantized);
  recipe.only_ops = {"Gemm"};
  EXPECT_EQ(line_of(quantized_by(recipe), "conv").reason, "excluded by 'only_ops'");
  recipe.only_ops = {};
  recipe.only = {"end"};
  EXPECT_EQ(line_of(quantized_by(recipe), "conv").reason, "excluded by 'only'");
  EXPECT_TRUE(line_of(quantized_by(recipe), "end").quantized);
}

TEST(Quantize, ProductsAtTheEndNeedNoRangeOfTheirOutput) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 2});
  const ValueId w = small.constant("w", {1, 2, 3, 4}, Shape{2, 2});
  const ValueId y = small.node(Op::kMatMul, "product", {x, w}, Shape{1, 2});
  small.output(small.node(Op::kSoftmax, "softmax", {y}, Shape{1, 2}));
  EXPECT_EQ(line_of(quantized(small.graph, ranges_of({{"x", {-1, 1}}})), "product").reason, "");
}

TEST(Quantize, PlainConvolutionsOfThreeByThreeTakeSixBitsWhereAsked) {
  Recipe recipe;
  recipe.six_bit_3x3 = true;
  for (const int64_t stride : {1, 2}) {
    SmallGraph small;
    const ValueId x = small.input("x", Shape{1, 1, 5, 5});
    const ValueId w = small.constant("w", {1, 2, 3, 4, -6.2f, 5, 4, 3, 2}, Shape{1, 1, 3, 3});
    Attributes attrs;
    attrs.set("strides", std::vector<int64_t>{stride, stride});
    const int64_t side = stride == 1 ? 3 : 2;
    small.output(small.node(Op::kConv, "conv", {x, w}, Shape{1, 1, side, side}, std::move(attrs)));
    const Graph graph =
        quantized(small.graph, ranges_of({{"x", {0, 1}}, {"conv", {0, 9}}}), recipe).graph;
    const float steps = stride == 1 ? 31 : 127;
    EXPECT_FLOAT_EQ(params_of(graph, "w").scale[0], 6.2f / steps) << stride;
    EXPECT_EQ(constant_of<int8_t>(graph, "w_q")[4], static_cast<int8_t>(-steps)) << stride;
  }
}

}  // namespace
}  // namespace octavo
