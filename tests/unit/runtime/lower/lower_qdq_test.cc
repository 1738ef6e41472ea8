// Which nodes lowering makes, under which names, and when it leaves float nodes alone.
#include <gtest/gtest.h>

#include "tests/unit/runtime/qdq_builder.h"

namespace octavo {
namespace {

constexpr Scale kX{0.25f, 128};
constexpr Scale kY{0.5f, 10};

// DQ(x), DQ(w), b -> Conv -> `value`, 2 output channels.
struct ConvGraph : QdqBuilder {
  ValueId x = input8("x", {1, 2, 4, 4}, kX);
  ValueId w = weights("w", {2, 2, 3, 3}, {0.5f, 0.25f});
  ValueId conv(std::vector<ValueId> more = {}) {
    std::vector<ValueId> inputs = {x, w};
    inputs.insert(inputs.end(), more.begin(), more.end());
    return node(Op::kConv, inputs, "y");
  }
};

TEST(LowerQdq, ConvBetweenDequantizeAndQuantizeBecomesOneNodeNamedAsTheFloatValue) {
  ConvGraph b;
  b.output8(b.conv({b.floats("b", {1.0f, -1.0f}, {2})}), "y", kY);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearConv DequantizeLinear");
  const Value& y = value_named(graph, "y");
  EXPECT_EQ(y.dtype, DType::kUint8);
  EXPECT_EQ(y.quant->scale, std::vector<float>{0.5f});
  EXPECT_EQ(y.quant->zero_point, std::vector<int32_t>{10});
  const Node& conv = graph.node(graph.producer(graph.find_value("y")));
  EXPECT_EQ(conv.name, "y_node");
  // 1 / (0.25 * 0.5) and -1 / (0.25 * 0.25)
  const auto bias = graph.constant(conv.inputs[2])->held()->values<int32_t>();
  EXPECT_EQ(std::vector<int32_t>(bias.begin(), bias.end()), (std::vector<int32_t>{8, -16}));
}

TEST(LowerQdq, QuantizedOutputOfTheGraphKeepsItsOwnName) {
  ConvGraph b;
  b.output(b.quantize(b.conv(), "y", kY));
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearConv");
  EXPECT_EQ(graph.value(graph.outputs[0]).name, "y_8bit");
}

TEST(LowerQdq, BiasBehindDequantizeLinearStaysTheIntegersThatItIs) {
  ConvGraph b;
  const ValueId bias = b.node(Op::kDequantizeLinear,
                              {b.constant<int32_t>("b", {123456789, -5}, {2}),
                               b.floats("b_scale", {0.25f * 0.5f, 0.25f * 0.25f}, {2})},
                              "b_real", {{"axis", int64_t{0}}});
  b.output8(b.conv({bias}), "y", kY);
  const Graph graph = lowered(b.graph);
  const Node& conv = graph.node(graph.producer(graph.find_value("y")));
  const auto values = graph.constant(conv.inputs[2])->held()->values<int32_t>();
  EXPECT_EQ(std::vector<int32_t>(values.begin(), values.end()),
            (std::vector<int32_t>{123456789, -5}));
}

TEST(LowerQdq, ReluAndClipNarrowTheRangeOfTheOutput) {
  ConvGraph b;
  const ValueId relu = b.node(Op::kRelu, {b.conv()}, "relu");
  const ValueId clip =
      b.node(Op::kClip, {relu, b.floats("low", {-3}, {}), b.floats("high", {6}, {})}, "clip");
  b.output8(clip, "y2", kY);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearConv DequantizeLinear");
  EXPECT_EQ(value_named(graph, "clip").quant->qmin, 10);  // 0
  EXPECT_EQ(value_named(graph, "clip").quant->qmax, 22);  // 6 / 0.5 + 10
}

TEST(LowerQdq, ScaleAndShiftByChannelMoveIntoWeightsAndBias) {
  ConvGraph b;
  const ValueId div = b.node(Op::kDiv, {b.conv(), b.floats("d", {2, -4}, {1, 2, 1, 1})}, "div");
  const ValueId bn = b.node(Op::kBatchNormalization,
                            {div, b.floats("gamma", {1, 0}, {2}), b.floats("beta", {3, 5}, {2}),
                             b.floats("mean", {0, 1}, {2}), b.floats("var", {1, 1}, {2})},
                            "bn", {{"epsilon", 0.0f}});
  b.output8(bn, "y2", kY);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearConv DequantizeLinear");
  const Node& conv = graph.node(graph.producer(graph.find_value("bn")));
  const Value& w = graph.value(conv.inputs[1]);
  EXPECT_EQ(w.quant->scale[0], 0.25f);  // 0.5 / 2
  const auto weights = w.constant->held()->values<int8_t>();
  for (size_t i = 18; i < 36; ++i) EXPECT_EQ(weights[i], 0) << i;  // gamma 0 is no scale
  expect_lowering_keeps_results(b.graph);
}

TEST(LowerQdq, NegativeScaleTurnsTheSignsOfWeights) {
  ConvGraph b;
  const ValueId mul = b.node(Op::kMul, {b.floats("m", {-2}, {}), b.conv()}, "mul");
  b.output8(mul, "y2", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearConv DequantizeLinear");
  expect_lowering_keeps_results(b.graph);
}

TEST(LowerQdq, NegativeScaleOfMinus128IsLeftInFloat) {
  ConvGraph b;
  b.w = b.node(Op::kDequantizeLinear,
               {b.constant<int8_t>("v", std::vector<int8_t>(36, -128), {2, 2, 3, 3}),
                b.floats("v_scale", {0.5f}, {})},
               "v_real");
  const ValueId mul = b.node(Op::kMul, {b.floats("m", {-2}, {}), b.conv()}, "mul");
  b.output8(mul, "y2", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinear"), std::string::npos);
}

TEST(LowerQdq, EachReaderOfAResidualLooksThroughItsOwnDequantizeLinear) {
  ConvGraph b;
  const ValueId first = b.quantize(b.conv(), "y", kX);
  const ValueId real = b.dequantize(first, "y", kX);
  const ValueId second = b.node(Op::kConv, {real, b.weights("w2", {2, 2, 1, 1}, {0.5f})}, "z");
  const ValueId sum =
      b.node(Op::kAdd, {real, b.dequantize(b.quantize(second, "z", kY), "z", kY)}, "sum");
  b.graph.node(b.graph.producer(second)).attrs.set("pads", Ints{0, 0, 0, 0});
  b.output8(sum, "sum", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearConv QLinearConv QLinearAdd DequantizeLinear");
}

TEST(LowerQdq, FloatReaderOfTheResultKeepsTheConvInFloat) {
  ConvGraph b;
  const ValueId y = b.conv();
  b.output8(y, "y", kY);
  b.output(b.node(Op::kSoftmax, {y}, "softmax"));
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinearConv"), std::string::npos);
}

TEST(LowerQdq, GraphOutputThatIsFloatKeepsTheConvInFloat) {
  ConvGraph b;
  const ValueId y = b.conv();
  b.output8(y, "y", kY);
  b.output(y);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinearConv"), std::string::npos);
}

TEST(LowerQdq, WeightsQuantizedAlongTheWrongAxisStayInFloat) {
  ConvGraph b;
  b.w = b.weights("v", {2, 2, 3, 3}, {0.5f, 0.25f}, 1);
  b.output8(b.conv(), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinearConv"), std::string::npos);
}

TEST(LowerQdq, ScaleThatTheGraphComputesStaysInFloat) {
  QdqBuilder b;
  const ValueId x = b.input("x", Shape{1, 4}, DType::kUint8);
  const ValueId scale = b.input("scale", Shape{});
  const ValueId real = b.node(Op::kDequantizeLinear, {x, scale}, "real");
  b.output8(b.node(Op::kSigmoid, {real}, "y"), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)), "DequantizeLinear Sigmoid QuantizeLinear DequantizeLinear");
}

TEST(LowerQdq, ScaleOfZeroStaysInFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 4}, {0.0f, 0});
  b.output8(b.node(Op::kSigmoid, {x}, "y"), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinear"), std::string::npos);
}

TEST(LowerQdq, WeightsThatAreQuantizedInTheGraphAreFoldedToIntegers) {
  ConvGraph b;
  const ValueId scale = b.floats("v_scale", {0.5f, 0.25f}, {2});
  const ValueId zero = b.constant<int8_t>("v_zero", {0, 0}, {2});
  const ValueId q = b.node(Op::kQuantizeLinear,
                           {b.floats("v", std::vector<float>(36, 0.9f), {2, 2, 3, 3}), scale, zero},
                           "v_8bit", {{"axis", int64_t{0}}});
  b.w = b.node(Op::kDequantizeLinear, {q, scale, zero}, "v_real", {{"axis", int64_t{0}}});
  b.output8(b.conv(), "y", kY);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearConv DequantizeLinear");
  const Node& conv = graph.node(graph.producer(graph.find_value("y")));
  EXPECT_EQ(graph.constant(conv.inputs[1])->held()->values<int8_t>()[0], 2);
  EXPECT_EQ(graph.constant(conv.inputs[1])->held()->values<int8_t>()[35], 4);
}

TEST(LowerQdq, GemmWithoutQuantizeLinearGivesFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {3, 4}, kX);
  b.output(
      b.node(Op::kGemm, {x, b.weights("w", {4, 2}, {0.5f}), b.floats("c", {1, 2}, {1, 2})}, "y"));
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "QLinearGemm");
  EXPECT_EQ(value_named(graph, "y").dtype, DType::kFloat32);
  expect_lowering_keeps_results(b.graph);
}

TEST(LowerQdq, MatMulOfTwoActivationsStaysInFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {4, 4}, kX);
  b.output8(b.node(Op::kMatMul, {x, x}, "y"), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinearGemm"), std::string::npos);
}

TEST(LowerQdq, OperatorsThatMoveElementsRunOnIntegersOfTheSameScale) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 2, 4, 4}, kX);
  const ValueId y = b.node(Op::kMaxPool, {x}, "pooled", {{"kernel_shape", Ints{2, 2}}});
  b.output8(y, "y", kX);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "MaxPool DequantizeLinear");
  EXPECT_EQ(value_named(graph, "pooled").dtype, DType::kUint8);
}

TEST(LowerQdq, OperatorsThatMoveElementsRequantizeToAnotherScale) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 2, 4, 4}, kX);
  b.output8(b.node(Op::kTranspose, {x}, "moved", {{"perm", Ints{0, 2, 3, 1}}}), "y", kY);
  const Graph graph = lowered(b.graph);
  EXPECT_EQ(ops_of(graph), "Transpose Requantize DequantizeLinear");
  EXPECT_EQ(value_named(graph, "moved").quant->scale[0], kY.scale);
}

TEST(LowerQdq, DequantizeLinearMovesBehindAnOperatorThatOnlyMovesElements) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 8}, kX);
  const ValueId flat = b.node(Op::kReshape, {x, b.ints("shape", {2, 4})}, "flat");
  b.output8(b.node(Op::kMatMul, {flat, b.weights("w", {4, 2}, {0.5f}, 1)}, "y"), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)), "Reshape QLinearGemm DequantizeLinear");
}

TEST(LowerQdq, TransposedWeightsAreTransposedOnce) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 4}, kX);
  const ValueId w =
      b.node(Op::kTranspose, {b.weights("w", {2, 4}, {0.5f})}, "wt", {{"perm", Ints{1, 0}}});
  b.output8(b.node(Op::kMatMul, {x, w}, "y"), "y", kY);
  EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearGemm DequantizeLinear");
  expect_lowering_keeps_results(b.graph);
}

TEST(LowerQdq, MaxPoolThatGivesIndicesStaysInFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 1, 4, 4}, kX);
  const auto outputs = b.nodes(Op::kMaxPool, {x}, {"y", "indices"}, {{"kernel_shape", Ints{2, 2}}});
  b.output8(outputs[0], "y", kX);
  b.output(outputs[1]);
  EXPECT_EQ(ops_of(lowered(b.graph)), "DequantizeLinear MaxPool QuantizeLinear DequantizeLinear");
}

TEST(LowerQdq, QuantizeRightAfterDequantizeVanishesOrRequantizes) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 4}, kX);
  const ValueId same = b.dequantize(b.quantize(x, "same", kX), "same", kX);
  b.output8(b.node(Op::kTanh, {same}, "tanh"), "tanh", kX);
  b.output8(x, "other", kY);
  const std::string ops = ops_of(lowered(b.graph));
  EXPECT_NE(ops.find("Requantize"), std::string::npos);
  EXPECT_EQ(ops.find(" QuantizeLinear"), std::string::npos) << ops;
}

TEST(LowerQdq, SixteenBitIslandsStayInFloat) {
  QdqBuilder b;
  const ValueId x = b.input("x", Shape{1, 4}, DType::kUint16);
  const ValueId scale = b.floats("s", {0.25f}, {});
  const ValueId zero = b.constant<uint16_t>("z", {7}, {});
  const ValueId real = b.node(Op::kDequantizeLinear, {x, scale, zero}, "real");
  const ValueId y = b.node(Op::kRelu, {real}, "y");
  b.output(b.node(Op::kQuantizeLinear, {y, scale, zero}, "q"));
  EXPECT_EQ(ops_of(lowered(b.graph)), "DequantizeLinear Relu QuantizeLinear");
}

}  // namespace
}  // namespace octavo
