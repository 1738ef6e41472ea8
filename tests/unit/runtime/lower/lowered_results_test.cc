// What lowered graphs compute: the same bytes as their float operators between dequantized and
// quantized values, on every instruction set. Scales are powers of two, so the float sums are
// exact.
#include <gtest/gtest.h>

#include "tests/unit/runtime/qdq_builder.h"

namespace octavo {
namespace {

constexpr Scale kU8{0.25f, 128};
constexpr Scale kU8Low{0.5f, 3};
constexpr Scale kS8{0.125f, -100, DType::kInt8};
constexpr Scale kS8High{0.5f, 127, DType::kInt8};
constexpr Scale kWide{64.0f, 100};

struct ConvCase {
  const char* what;
  Shape x, w;
  std::vector<std::pair<std::string, Attribute>> attrs;
  Scale x_scale, y_scale;
};

TEST(LoweredResults, ConvolutionsOfEveryShapeEqualFloat) {
  const ConvCase cases[] = {
      {"pointwise", {1, 8, 5, 5}, {9, 8, 1, 1}, {}, kU8, kWide},
      {"pointwise, odd channels", {2, 7, 3, 3}, {5, 7, 1, 1}, {}, kS8, kWide},
      {"strided pointwise", {1, 4, 5, 5}, {8, 4, 1, 1}, {{"strides", Ints{2, 2}}}, kU8, kWide},
      {"padded pointwise", {1, 4, 3, 3}, {8, 4, 1, 1}, {{"pads", Ints{1, 1, 1, 1}}}, kU8, kWide},
      {"3x3 of 3 channels",
       {1, 3, 9, 9},
       {16, 3, 3, 3},
       {{"strides", Ints{2, 2}}, {"pads", Ints{0, 0, 1, 1}}},
       kS8High,
       kWide},
      {"3x3, padded", {2, 5, 6, 7}, {3, 5, 3, 3}, {{"pads", Ints{1, 1, 1, 1}}}, kU8Low, kWide},
      {"3x3, padded, of vectors",
       {2, 16, 6, 7},
       {9, 16, 3, 3},
       {{"pads", Ints{1, 1, 1, 1}}},
       kU8Low,
       kWide},
      {"3x3 of vectors, int8, two lines at a step",
       {1, 8, 9, 5},
       {17, 8, 3, 3},
       {{"pads", Ints{2, 0, 0, 2}}, {"strides", Ints{2, 1}}, {"dilations", Ints{2, 1}}},
       kS8High,
       kWide},
      {"dilated",
       {1, 2, 9, 9},
       {4, 2, 3, 3},
       {{"dilations", Ints{2, 3}}, {"pads", Ints{2, 3, 2, 3}}},
       kU8,
       kWide},
      {"5x1", {1, 2, 9, 4}, {4, 2, 5, 1}, {{"auto_pad", std::string("SAME_UPPER")}}, kU8, kWide},
      {"groups", {1, 6, 5, 5}, {9, 2, 3, 3}, {{"group", int64_t{3}}}, kU8, kWide},
      {"depthwise 3x3",
       {1, 9, 6, 6},
       {9, 1, 3, 3},
       {{"group", int64_t{9}}, {"pads", Ints{1, 1, 1, 1}}},
       kU8,
       kWide},
      {"depthwise 3x3, strided, int8",
       {2, 16, 7, 7},
       {16, 1, 3, 3},
       {{"group", int64_t{16}}, {"pads", Ints{0, 0, 1, 1}}, {"strides", Ints{2, 2}}},
       kS8,
       kWide},
      {"depthwise 5x5",
       {1, 8, 9, 9},
       {8, 1, 5, 5},
       {{"group", int64_t{8}}, {"pads", Ints{2, 2, 2, 2}}},
       kS8High,
       kWide},
      {"depthwise, two outputs a channel",
       {1, 3, 5, 5},
       {6, 1, 3, 3},
       {{"group", int64_t{3}}},
       kU8,
       kWide},
      {"one dimension", {1, 4, 11}, {6, 4, 3}, {{"pads", Ints{1, 1}}}, kU8, kWide},
  };
  for (const ConvCase& c : cases) {
    SCOPED_TRACE(c.what);
    QdqBuilder b;
    const ValueId x = b.input8("x", c.x, c.x_scale);
    std::vector<float> scales;
    for (int64_t i = 0; i < c.w[0]; ++i) scales.push_back(i % 2 ? 0.5f : 1.0f);
    const ValueId w = b.weights("w", c.w, scales);
    const ValueId bias = b.floats("b", std::vector<float>(scales.size(), 20.0f), {c.w[0]});
    b.output8(b.node(Op::kRelu, {b.node(Op::kConv, {x, w, bias}, "conv", c.attrs)}, "y"), "y",
              c.y_scale);
    EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearConv DequantizeLinear");
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, ProductsEqualFloat) {
  for (const bool transposed : {false, true}) {
    for (const int64_t rows : {1, 5}) {
      QdqBuilder b;
      const ValueId x = b.input8("x", {rows, 13}, kS8);
      const Shape shape = transposed ? Shape{9, 13} : Shape{13, 9};
      const ValueId w = b.weights("w", shape, std::vector<float>(9, 0.5f), transposed ? 0 : 1);
      const ValueId y = b.node(Op::kGemm, {x, w, b.floats("c", {3}, {1})}, "y",
                               {{"alpha", 0.5f}, {"beta", 2.0f}, {"transB", int64_t{transposed}}});
      b.output8(y, "y", kWide);
      EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearGemm DequantizeLinear");
      expect_lowering_keeps_results(b.graph);
    }
  }
}

TEST(LoweredResults, MatMulOfRankThreeAndItsBiasEqualFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {2, 3, 8}, kU8);
  const ValueId y = b.node(Op::kMatMul, {x, b.weights("w", {8, 5}, {0.5f})}, "y");
  const ValueId sum = b.node(Op::kAdd, {y, b.floats("c", {1, 2, 3, 4, 5}, {5})}, "sum");
  b.output8(sum, "sum", kWide);
  EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearGemm DequantizeLinear");
  expect_lowering_keeps_results(b.graph);
}

TEST(LoweredResults, AddAndMulBroadcastLikeFloat) {
  const std::pair<Shape, Shape> shapes[] = {
      {{2, 3, 4, 5}, {2, 3, 4, 5}}, {{2, 3, 4, 5}, {1, 3, 1, 1}},
      {{2, 3, 4, 5}, {5}},          {{1}, {2, 9}},
      {{2, 1, 4}, {1, 3, 1}},       {{}, {}},
  };
  for (const Op op : {Op::kAdd, Op::kMul}) {
    for (const auto& [left, right] : shapes) {
      SCOPED_TRACE(left.to_string() + right.to_string());
      QdqBuilder b;
      const ValueId x = b.input8("a", left, kU8), y = b.input8("b", right, kS8);
      b.output8(b.node(Op::kRelu, {b.node(op, {x, y}, "r")}, "y"), "y", kU8Low);
      EXPECT_EQ(ops_of(lowered(b.graph)),
                op == Op::kAdd ? "QLinearAdd DequantizeLinear" : "QLinearMul DequantizeLinear");
      expect_lowering_keeps_results(b.graph);
    }
  }
}

TEST(LoweredResults, ConcatRequantizesInputsOfOtherScales) {
  for (const int64_t axis : {0, 1, -1}) {
    QdqBuilder b;
    std::vector<ValueId> parts;
    parts.push_back(b.input8("a", {2, 3, 4}, kU8));
    parts.push_back(b.input8("b", {2, 3, 4}, kS8));
    parts.push_back(b.input8("c", {2, 3, 4}, kU8Low));
    b.output8(b.node(Op::kConcat, parts, "y", {{"axis", axis}}), "y", kU8);
    EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearConcat DequantizeLinear");
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, PoolsEqualFloat) {
  using Attrs = std::vector<std::pair<std::string, Attribute>>;
  const std::pair<Op, Attrs> cases[] = {
      // Divisors are powers of two: so float means are exact.
      {Op::kAveragePool, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}}},
      {Op::kAveragePool,
       {{"kernel_shape", Ints{4, 2}},
        {"pads", Ints{2, 1, 2, 1}},
        {"count_include_pad", int64_t{1}}}},
      {Op::kGlobalAveragePool, {}},
      {Op::kMaxPool,
       {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}, {"pads", Ints{1, 1, 1, 1}}}},
      {Op::kMaxPool,
       {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}, {"ceil_mode", int64_t{1}}}},
      {Op::kGlobalMaxPool, {}},
  };
  for (const Scale scale : {kU8, kS8}) {
    for (const auto& [op, attrs] : cases) {
      SCOPED_TRACE(name_of(op));
      QdqBuilder b;
      const ValueId x = b.input8("x", {2, 9, 8, 4}, scale);
      b.output8(b.node(op, {x}, "y", attrs), "y", scale);
      EXPECT_EQ(ops_of(lowered(b.graph)).find("QuantizeLinear"), std::string::npos);
      expect_lowering_keeps_results(b.graph);
    }
  }
}

TEST(LoweredResults, MeanOverSpatialAxesIsAGlobalPool) {
  for (const int64_t keep : {0, 1}) {
    QdqBuilder b;
    const ValueId x = b.input8("x", {2, 5, 4, 4}, kU8);
    b.output8(b.node(Op::kReduceMean, {x, b.ints("axes", {-1, 2})}, "y", {{"keepdims", keep}}), "y",
              kU8Low);
    EXPECT_EQ(ops_of(lowered(b.graph)), keep ? "QLinearGlobalAveragePool DequantizeLinear"
                                             : "QLinearGlobalAveragePool Squeeze DequantizeLinear");
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, MeanOverOtherAxesStaysInFloat) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {2, 5, 4, 4}, kU8);
  b.output8(b.node(Op::kReduceMean, {x, b.ints("axes", {1, 2})}, "y"), "y", kU8Low);
  EXPECT_EQ(ops_of(lowered(b.graph)).find("QLinear"), std::string::npos);
}

TEST(LoweredResults, FunctionsOfOneElementAreTables) {
  for (const Op op : {Op::kSigmoid, Op::kHardSigmoid, Op::kHardSwish, Op::kLeakyRelu, Op::kTanh,
                      Op::kRelu, Op::kElu, Op::kErf, Op::kAbs, Op::kNeg, Op::kExp}) {
    SCOPED_TRACE(name_of(op));
    QdqBuilder b;
    b.output8(b.node(op, {b.input8("x", {16, 16}, kS8)}, "y"), "y", {0.0073f, 11});
    EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearUnary DequantizeLinear");
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, ArithmeticWithAConstantOfOneElementIsATable) {
  for (const Op op : {Op::kAdd, Op::kSub, Op::kMul, Op::kDiv, Op::kPow}) {
    SCOPED_TRACE(name_of(op));
    QdqBuilder b;
    const ValueId x = b.input8("x", {2, 128}, kU8);
    b.output8(b.node(op, {x, b.floats("c", {3}, {1, 1})}, "y"), "y", kU8Low);
    EXPECT_EQ(ops_of(lowered(b.graph)), "QLinearUnary DequantizeLinear");
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, PaddingWithZeroPadsWithTheZeroPoint) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 2, 3, 3}, kU8);
  b.output8(b.node(Op::kPad, {x, b.ints("pads", {0, 0, 1, 1, 0, 0, 0, 2})}, "y"), "y", kU8Low);
  EXPECT_EQ(ops_of(lowered(b.graph)), "Pad Requantize DequantizeLinear");
  expect_lowering_keeps_results(b.graph);
}

TEST(LoweredResults, PaddingWithAnotherValueNeedsTheSameScale) {
  for (const Scale y : {kU8, kU8Low}) {
    QdqBuilder b;
    const ValueId x = b.input8("x", {3, 3}, kU8);
    b.output8(b.node(Op::kPad, {x, b.ints("pads", {1, 1, 1, 1}), b.floats("v", {2.5f}, {})}, "y"),
              "y", y);
    const bool moved = ops_of(lowered(b.graph)) == "Pad DequantizeLinear";
    EXPECT_EQ(moved, y.scale == kU8.scale);
    expect_lowering_keeps_results(b.graph);
  }
}

TEST(LoweredResults, SplitGivesEachOutputItsScale) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {2, 8}, kU8);
  const auto parts = b.nodes(Op::kSplit, {x}, {"left", "right"},
                             {{"axis", int64_t{1}}, {"num_outputs", int64_t{2}}});
  b.output8(parts[0], "left", kU8);
  b.output8(parts[1], "right", kS8);
  EXPECT_NE(ops_of(lowered(b.graph)).find("Requantize"), std::string::npos);
  expect_lowering_keeps_results(b.graph);
}

TEST(LoweredResults, ShapesThatOnlyARunTellsAreFine) {
  QdqBuilder b;
  const ValueId x = b.input8("x", {1, 2, 4, 4}, kU8);
  const ValueId conv = b.node(Op::kConv, {x, b.weights("w", {8, 2, 3, 3}, {0.5f})}, "conv");
  const ValueId y = b.dequantize(b.quantize(conv, "y", kWide), "y", kWide);
  b.output8(b.node(Op::kAdd, {y, y}, "z"), "z", kWide);
  const std::vector<uint8_t> expected = run_on_noise(b.graph, {});

  b.graph.value(b.graph.inputs[0]).shape = Shape{kDynamic, 2, kDynamic, 4};
  const auto plan = make_plan(b.graph);
  ASSERT_TRUE(plan.ok()) << plan.status().to_string();
  Executor executor(*plan);
  std::vector<uint8_t> bytes = Noise(3).bytes(32);
  const TensorView input{DType::kUint8, {1, 2, 4, 4}, bytes.data()};
  const auto outputs = executor.run({&input, 1});
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  const auto* from = static_cast<const uint8_t*>((*outputs)[0].data);
  EXPECT_EQ(std::vector<uint8_t>(from, from + (*outputs)[0].bytes()), expected);
}

TEST(LoweredResults, AChainOfEverythingEqualsFloat) {
  QdqBuilder b;
  const ValueId image = b.input("image", Shape{1, 3, 8, 8});
  const ValueId x = b.dequantize(b.quantize(image, "image", kU8), "image", kU8);
  const ValueId conv = b.node(Op::kConv, {x, b.weights("w", {8, 3, 3, 3}, {0.5f})}, "conv",
                              {{"pads", Ints{1, 1, 1, 1}}});
  const ValueId relu = b.node(Op::kRelu, {conv}, "relu");
  const ValueId a = b.dequantize(b.quantize(relu, "a", kWide), "a", kWide);
  const ValueId pooled =
      b.node(Op::kMaxPool, {a}, "pooled", {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const ValueId p = b.dequantize(b.quantize(pooled, "p", kWide), "p", kWide);
  const ValueId sum = b.node(Op::kAdd, {p, p}, "sum");
  const ValueId s = b.dequantize(b.quantize(sum, "s", kWide), "s", kWide);
  const ValueId flat = b.node(Op::kFlatten, {s}, "flat");
  b.output(b.node(Op::kGemm, {flat, b.weights("v", {128, 4}, {1.0f})}, "logits"));
  EXPECT_EQ(ops_of(lowered(b.graph)),
            "QuantizeLinear QLinearConv MaxPool QLinearAdd Flatten QLinearGemm");
  expect_lowering_keeps_results(b.graph);
}

}  // namespace
}  // namespace octavo
