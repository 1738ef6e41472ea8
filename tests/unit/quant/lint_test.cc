#include "quant/lint.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

// Graphs with QuantizeLinear and DequantizeLinear, written down briefly.
class Qdq : public SmallGraph {
 public:
  // x -> QuantizeLinear -> DequantizeLinear
  ValueId pair(ValueId x, float scale = 0.5f, DType dtype = DType::kUint8, int zero_point = 0) {
    const std::string name = graph.value(x).name;
    const ValueId s = graph.add_constant(name + "_s", Tensor::from(std::vector{scale}, Shape{}));
    const ValueId z = zero(name + "_z", dtype, zero_point);
    Value integers = graph.value(x);
    integers.name = name + "_int";
    integers.dtype = dtype;
    Node quantize;
    quantize.op = Op::kQuantizeLinear;
    quantize.op_type = "QuantizeLinear";
    quantize.name = "quantize_" + name;
    quantize.inputs = {x, s, z};
    quantize.outputs = {graph.add_value(integers)};
    const ValueId q = graph.node(graph.add_node(quantize)).outputs[0];
    return node(Op::kDequantizeLinear, name + "_dq", {q, s, z}, *graph.value(x).shape);
  }

  template <typename T>
  ValueId integers(const std::string& name, const std::vector<T>& values, Shape shape,
                   const std::vector<float>& scales, int64_t axis = 0) {
    const ValueId q = graph.add_constant(name, Tensor::from(values, shape));
    const Shape scale_shape = scales.size() == 1 ? Shape{} : Shape{std::ssize(scales)};
    const ValueId s = graph.add_constant(name + "_s", Tensor::from(scales, scale_shape));
    Attributes attrs;
    if (scales.size() > 1) attrs.set("axis", axis);
    return node(Op::kDequantizeLinear, name + "_dq", {q, s}, shape, attrs);
  }

  ValueId zero(const std::string& name, DType dtype, int value) {
    if (dtype == DType::kInt8) return held<int8_t>(name, value);
    if (dtype == DType::kUint16) return held<uint16_t>(name, value);
    return held<uint8_t>(name, value);
  }

 private:
  template <typename T>
  ValueId held(const std::string& name, int value) {
    return graph.add_constant(name, Tensor::from(std::vector{static_cast<T>(value)}, Shape{}));
  }
};

// input -> pair -> Conv 1x1 of 2 channels -> pair -> Relu: nothing to find.
struct Parts {
  std::vector<int8_t> weights = {127, 1, 40, 50};
  std::vector<float> scales = {0.5f};
  std::vector<int32_t> bias = {1, -1};
  float end_scale = 0.25f;
  DType end = DType::kUint8;
};

Graph conv(const Parts& parts = {}, Op clamp = Op::kUnknown, int clamp_zero = 0) {
  Qdq g;
  const ValueId x = g.input("x", Shape{1, 2, 1, 1});
  const ValueId w = g.integers("w", parts.weights, Shape{2, 2, 1, 1}, parts.scales);
  const ValueId b = g.integers("b", parts.bias, Shape{2}, {0.25f});
  ValueId y = g.node(Op::kConv, "conv", {g.pair(x), w, b}, Shape{1, 2, 1, 1});
  if (clamp != Op::kUnknown) y = g.node(clamp, "clamp", {y}, Shape{1, 2, 1, 1});
  g.output(g.node(Op::kSoftmax, "end", {g.pair(y, parts.end_scale, parts.end, clamp_zero)},
                  Shape{1, 2, 1, 1}));
  return g.graph;
}

std::vector<Finding> found(const Graph& graph, int64_t opset = 13,
                           const std::map<std::string, std::string>& metadata = {}) {
  EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
  Model model;
  model.graph = graph;
  model.opset = opset;
  model.metadata = metadata;
  const auto findings = lint(model);
  EXPECT_TRUE(findings.ok()) << findings.status().to_string();
  return findings.ok() ? *findings : std::vector<Finding>();
}

using Codes = std::vector<std::string>;

// "code node"
Codes codes(const std::vector<Finding>& findings) {
  Codes codes;
  for (const Finding& f : findings) {
    codes.push_back(f.code + " " + f.node);
    EXPECT_FALSE(f.message.empty() || f.remedy.empty());
  }
  return codes;
}

TEST(Lint, FindsNothingInASoundModel) { EXPECT_EQ(codes(found(conv())), Codes{}); }

TEST(Lint, AFloatModelIsRefused) {
  SmallGraph small;
  small.output(small.node(Op::kRelu, "y", {small.input("x", Shape{1})}, Shape{1}));
  Model model;
  model.graph = small.graph;
  EXPECT_EQ(lint(model).status().code(), ErrorCode::kInvalidArgument);
}

TEST(Lint, BiasesThatWereCutAtTheEndOfInt32) {
  Parts parts;
  parts.bias = {std::numeric_limits<int32_t>::max(), 5};
  const auto findings = found(conv(parts));
  EXPECT_EQ(codes(findings), Codes{"bias_overflow conv"});
  EXPECT_EQ(findings[0].severity, Severity::kError);
  EXPECT_NE(findings[0].message.find("1 of 2 biases"), std::string::npos);
  parts.bias[0] -= 1;
  EXPECT_EQ(codes(found(conv(parts))), Codes{});
}

TEST(Lint, FloatBiasesThatWillNotFitInt32) {
  const auto with_bias = [](float bias) {
    Qdq g;
    const ValueId x = g.input("x", Shape{1, 1, 1, 1});
    const ValueId w = g.integers("w", std::vector<int8_t>{1}, Shape{1, 1, 1, 1}, {1e-6f});
    const ValueId b = g.constant("b", {bias}, Shape{1});
    g.output(g.pair(g.node(Op::kConv, "conv", {g.pair(x, 1e-6f), w, b}, Shape{1, 1, 1, 1})));
    return g.graph;
  };
  EXPECT_EQ(codes(found(with_bias(0.01f))), (Codes{"bias_overflow conv", "not_fused conv"}));
  EXPECT_EQ(codes(found(with_bias(0.001f))), Codes{"not_fused conv"});
}

TEST(Lint, PairsOfWeightsThatSaturateInt16) {
  Parts parts;
  parts.weights = {127, 2, 64, 65};
  const auto findings = found(conv(parts));
  EXPECT_EQ(codes(findings), Codes{"saturation conv"});
  EXPECT_NE(findings[0].message.find("2 of 2 output channels"), std::string::npos);
  parts.weights = {127, -127, 64, 64};  // 255 * 128 = 32640
  EXPECT_EQ(codes(found(conv(parts))), Codes{});
  parts.weights = {-100, -29, 63, 65};
  EXPECT_NE(found(conv(parts))[0].message.find("1 of 2"), std::string::npos);
}

TEST(Lint, PairsOfAGemmRunAlongItsDepth) {
  const auto gemm = [](bool transposed) {
    Qdq g;
    const ValueId x = g.input("x", Shape{1, 2});
    const ValueId w = g.integers("w", std::vector<int8_t>{100, 100, 10, 10}, Shape{2, 2}, {1});
    Attributes attrs;
    attrs.set("transB", int64_t{transposed});
    g.output(g.node(Op::kGemm, "gemm", {g.pair(x), w}, Shape{1, 2}, attrs));
    return g.graph;
  };
  EXPECT_EQ(codes(found(gemm(true))), Codes{"saturation gemm"});
  EXPECT_EQ(codes(found(gemm(false))), Codes{});
}

TEST(Lint, PairsOfDynamicProductsSaturateToo) {
  const auto product = [](Op op, std::vector<int8_t> w, Shape shape) {
    Qdq g;
    const ValueId x = g.input("x", Shape{1, 2}, DType::kUint8);
    std::vector<ValueId> inputs = {x, g.graph.add_constant("w", Tensor::from(w, shape))};
    if (op == Op::kDynamicQuantizeLSTM) {  // R is sound
      const std::vector<int8_t> r(8, 1);
      inputs.push_back(g.graph.add_constant("r", Tensor::from(r, Shape{2, 2, 2})));
    }
    g.output(g.node(op, "product", inputs, Shape{1, 2}));
    return g.graph;
  };
  const Op matmul = Op::kMatMulInteger, lstm = Op::kDynamicQuantizeLSTM;
  EXPECT_EQ(codes(found(product(matmul, {100, 0, 29, 0}, {2, 2}))), Codes{"saturation product"});
  EXPECT_EQ(codes(found(product(matmul, {100, 29, 0, 0}, {2, 2}))), Codes{});
  const auto of_second_direction = found(product(lstm, {0, 0, 0, 0, 0, 100, 0, 29}, {2, 2, 2}));
  EXPECT_EQ(codes(of_second_direction), Codes{"saturation product"});
  EXPECT_NE(of_second_direction[0].message.find("1 of 4 output channels"), std::string::npos);
  EXPECT_EQ(codes(found(product(lstm, {0, 0, 100, 29, 0, 100, 29, 0}, {2, 2, 2}))), Codes{});
}

TEST(Lint, ScalesThatAreNoPositiveNumbers) {
  Parts parts;
  parts.scales = {0.5f, 0};
  EXPECT_EQ(codes(found(conv(parts)))[0], "bad_scale w_dq");
  parts.scales = {0.5f, std::numeric_limits<float>::infinity()};
  EXPECT_EQ(codes(found(conv(parts)))[0], "bad_scale w_dq");
}

TEST(Lint, RangesOfNothingButZero) {
  Parts parts;
  parts.end_scale = 1;
  EXPECT_EQ(codes(found(conv(parts))), Codes{"zero_range quantize_conv"});
  parts.end_scale = 1e-12f;
  EXPECT_EQ(codes(found(conv(parts))), Codes{"zero_range quantize_conv"});
}

TEST(Lint, ChannelsThatOneScaleLeavesNoSteps) {
  Parts parts;
  parts.weights = {127, 0, 7, -7};
  EXPECT_EQ(codes(found(conv(parts))), Codes{"starved_channels conv"});
  parts.weights = {127, 0, 8, -7};
  EXPECT_EQ(codes(found(conv(parts))), Codes{});
  parts.weights = {127, 0, 0, 0};
  EXPECT_EQ(codes(found(conv(parts))), Codes{"zero_weights conv"});
  parts.weights = {127, 0, 7, -7};
  parts.scales = {1, 1e-8f};
  EXPECT_EQ(codes(found(conv(parts))), Codes{"scale_ratio conv"});
}

TEST(Lint, ConvolutionsWhoseOutputIsNotQuantized) {
  Qdq g;
  const ValueId x = g.input("x", Shape{1, 1, 1, 1});
  const ValueId w = g.integers("w", std::vector<int8_t>{1}, Shape{1, 1, 1, 1}, {1});
  g.output(g.node(Op::kConv, "conv", {g.pair(x), w}, Shape{1, 1, 1, 1}));
  EXPECT_EQ(codes(found(g.graph)), Codes{"not_fused conv"});
}

TEST(Lint, TypesThatDifferAcrossAConvolution) {
  Parts parts;
  parts.end = DType::kInt8;
  const auto findings = found(conv(parts));
  EXPECT_EQ(codes(findings), Codes{"not_fused conv"});
  EXPECT_NE(findings[0].message.find("different types"), std::string::npos);
}

TEST(Lint, ClampsThatTheRangeDoesNotMakeNeedless) {
  EXPECT_EQ(codes(found(conv({}, Op::kRelu, 0))), Codes{});
  const auto findings = found(conv({}, Op::kRelu, 10));
  EXPECT_EQ(codes(findings), Codes{"not_fused conv"});
  EXPECT_NE(findings[0].message.find("the Relu behind it"), std::string::npos);
}

TEST(Lint, MovedElementsUnderAnotherScale) {
  const auto pool = [](float scale) {
    Qdq g;
    const ValueId x = g.input("x", Shape{1, 1, 2, 2});
    const ValueId y = g.node(Op::kMaxPool, "pool", {g.pair(x, 0.5f)}, Shape{1, 1, 1, 1});
    g.output(g.node(Op::kExp, "end", {g.pair(y, scale)}, Shape{1, 1, 1, 1}));
    return g.graph;
  };
  EXPECT_EQ(codes(found(pool(0.5f))), Codes{});
  EXPECT_EQ(codes(found(pool(0.25f))), Codes{"not_fused pool"});
}

TEST(Lint, OperatorsWithoutAnIntegerForm) {
  const auto unary = [](Op op, DType dtype) {
    Qdq g;
    const ValueId y = g.node(op, "op", {g.pair(g.input("x", Shape{4}), 0.5f, dtype)}, Shape{4});
    g.output(g.node(Op::kExp, "end", {g.pair(y, 0.25f, dtype)}, Shape{4}));
    return g.graph;
  };
  EXPECT_EQ(codes(found(unary(Op::kSigmoid, DType::kUint8))), Codes{});
  EXPECT_EQ(codes(found(unary(Op::kHardSwish, DType::kUint8))), Codes{"not_fused op"});
  EXPECT_EQ(codes(found(unary(Op::kSigmoid, DType::kUint16), 21)), Codes{"not_fused op"});
  EXPECT_EQ(codes(found(unary(Op::kSigmoid, DType::kUint16), 19)).size(), 5u) << "and the opset";
}

TEST(Lint, OneScaleAChannelWantsOpset13) {
  Parts parts;
  parts.scales = {0.5f, 0.25f};
  EXPECT_EQ(codes(found(conv(parts), 12)), Codes{"opset w_dq"});
  EXPECT_EQ(codes(found(conv(parts), 13)), Codes{});
}

TEST(Lint, FewSamples) {
  const auto with = [](const char* samples) {
    return codes(found(conv(), 13, {{"octavo_calibration_samples", samples}}));
  };
  EXPECT_EQ(with("8"), Codes{"few_samples "});
  EXPECT_EQ(with("50"), Codes{});
  EXPECT_EQ(with("0"), Codes{}) << "the dynamic scheme looks at none";
}

}  // namespace
}  // namespace octavo
