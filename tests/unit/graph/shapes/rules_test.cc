// One table of cases for every operator: what goes in, what comes out.
#include <gtest/gtest.h>

#include "graph/shape_inference.h"
#include "tests/unit/graph/graph_builder.h"

namespace octavo {
namespace {

constexpr int64_t kD = kDynamic;
constexpr DType kF = DType::kFloat32;
constexpr DType kI = DType::kInt64;

struct In {
  std::optional<Shape> shape;
  DType dtype = kF;
  std::optional<Tensor> constant = {};
};

In ints(Ints values) {
  const Shape shape{static_cast<int64_t>(values.size())};
  return {shape, kI, Tensor::from(values, shape)};
}
In number(int64_t value) { return {Shape{}, kI, Tensor::scalar(value)}; }
In real(float value) { return {Shape{}, kF, Tensor::scalar(value)}; }
In floats(std::vector<float> values) {
  const Shape shape{static_cast<int64_t>(values.size())};
  return {shape, kF, Tensor::from(values, shape)};
}
In of(DType dtype, Shape shape = {}) { return {std::move(shape), dtype, std::nullopt}; }
const In kLeftOut = {std::nullopt, DType::kUnknown, std::nullopt};
const In kUnknownInts = {Shape{2}, kI, std::nullopt};

using Attrs = std::vector<std::pair<std::string, Attribute>>;
Attribute flag(int64_t value) { return value; }

// "float32[1, 2] int64[...]", or the sentence that refuses.
std::string inferred(Op op, const std::vector<In>& inputs, const Attrs& attrs, size_t outputs) {
  Node node;
  node.op = op;
  for (const auto& [name, value] : attrs) node.attrs.set(name, value);
  std::vector<ValueInfo> in;
  for (const In& input : inputs) {
    const bool left_out = !input.shape && input.dtype == DType::kUnknown;
    node.inputs.push_back(left_out ? kNoValue : 0);
    in.push_back({input.dtype, input.shape, input.constant ? &*input.constant : nullptr});
  }
  std::vector<ValueInfo> out(outputs);
  const Status status = infer_node(node, in, out);
  if (!status.ok()) return status.message();
  std::string text;
  for (const ValueInfo& info : out) {
    text += (text.empty() ? "" : " ") + std::string(name_of(info.dtype)) +
            (info.shape ? info.shape->to_string() : "[...]");
  }
  return text;
}

struct Case {
  Op op;
  std::vector<In> inputs;
  Attrs attrs;
  const char* expected;
  size_t outputs = 1;
};

void check(const std::vector<Case>& cases) {
  int index = 0;
  for (const Case& c : cases) {
    EXPECT_EQ(inferred(c.op, c.inputs, c.attrs, c.outputs), c.expected)
        << name_of(c.op) << ", case " << index;
    ++index;
  }
}

TEST(ShapesOf, ElementwiseBroadcastLikeNumpy) {
  check({
      {Op::kAdd, {{Shape{2, 1, 4}}, {Shape{3, 1}}}, {}, "float32[2, 3, 4]"},
      {Op::kAdd, {{Shape{}}, {Shape{5}}}, {}, "float32[5]"},
      {Op::kAdd, {{Shape{kD, 1}}, {Shape{1, kD}}}, {}, "float32[?, ?]"},
      {Op::kAdd, {{Shape{kD}}, {Shape{7}}}, {}, "float32[7]"},
      {Op::kAdd, {{Shape{0}}, {Shape{1}}}, {}, "float32[0]"},
      {Op::kAdd, {{Shape{2}}, {Shape{3}}}, {}, "shapes [2] and [3] do not broadcast to each other"},
      {Op::kAdd, {{std::nullopt}, {Shape{3}}}, {}, "float32[...]"},
      {Op::kMax, {{Shape{2, 1}}, {Shape{3}}, {Shape{1}}}, {}, "float32[2, 3]"},
      {Op::kGreater, {of(kI, {2}), of(kI, {1})}, {}, "bool[2]"},
      {Op::kWhere, {of(DType::kBool, {2, 1}), of(kI, {3}), of(kI)}, {}, "int64[2, 3]"},
      {Op::kPow, {{Shape{2}}, of(kI)}, {}, "float32[2]"},
      {Op::kCast, {{Shape{2}}}, {{"to", flag(7)}}, "int64[2]"},
      {Op::kCast,
       {{Shape{2}}},
       {{"to", flag(99)}},
       "attribute to is 99, which is no element type known here"},
      {Op::kPRelu, {{Shape{1, 4, 5}}, {Shape{4, 1}}}, {}, "float32[1, 4, 5]"},
      {Op::kPRelu,
       {{Shape{4}}, {Shape{2, 4}}},
       {},
       "a slope of shape [2, 4] does not fit an input of shape [4]"},
      {Op::kNot, {{Shape{1}}}, {}, "input 0 is float32, but the operator wants bool"},
      {Op::kDropout, {{Shape{3}}}, {}, "float32[3] bool[3]", 2},
      {Op::kRelu, {{Shape{3}}}, {}, "the operator does not give 2 outputs", 2},
  });
}

TEST(ShapesOf, Normalizations) {
  check({
      {Op::kSoftmax, {{Shape{2, 3}}}, {{"axis", flag(1)}}, "float32[2, 3]"},
      {Op::kSoftmax,
       {{Shape{2, 3}}},
       {{"axis", flag(2)}},
       "attribute axis is 2, but the input has 2 dimensions"},
      {Op::kBatchNormalization,
       {{Shape{1, 4, 5, 5}}, {Shape{4}}, {Shape{4}}, {Shape{4}}, {Shape{3}}},
       {},
       "input 4 has shape [3], but there are 4 channels"},
      {Op::kLayerNormalization,
       {{Shape{2, 3, 4}}, {Shape{4}}, {Shape{4}}},
       {},
       "float32[2, 3, 4] float32[2, 3, 1] float32[2, 3, 1]",
       3},
      {Op::kLayerNormalization,
       {{Shape{2, 3}}, {Shape{4}}},
       {},
       "shapes [3] and [4] do not broadcast to each other"},
  });
}

TEST(ShapesOf, Reductions) {
  const In x = {Shape{2, 3, kD}};
  check({
      {Op::kReduceMean, {x, ints({-1, 0})}, {}, "float32[1, 3, 1]"},
      {Op::kReduceMean, {x, ints({1})}, {{"keepdims", flag(0)}}, "float32[2, ?]"},
      {Op::kReduceSum, {x}, {}, "float32[1, 1, 1]"},
      {Op::kReduceSum, {x, ints({})}, {{"keepdims", flag(0)}}, "float32[]"},
      {Op::kReduceSum, {x}, {{"noop_with_empty_axes", flag(1)}}, "float32[2, 3, ?]"},
      {Op::kReduceMax, {x, kUnknownInts}, {}, "float32[?, ?, ?]"},
      {Op::kReduceMax, {x, kUnknownInts}, {{"keepdims", flag(0)}}, "float32[?]"},
      {Op::kReduceMax, {x, ints({3})}, {}, "axis 3 lies outside an input of 3 dimensions"},
      {Op::kArgMax, {x}, {{"axis", flag(1)}, {"keepdims", flag(0)}}, "int64[2, ?]"},
  });
}

TEST(ShapesOf, Reshaping) {
  check({
      {Op::kReshape, {{Shape{2, 3, 4}}, ints({0, -1})}, {}, "float32[2, 12]"},
      {Op::kReshape, {{Shape{kD, 3, 4}}, ints({0, -1})}, {}, "float32[?, 12]"},
      {Op::kReshape, {{Shape{kD, 3, 4}}, ints({-1, 12})}, {}, "float32[?, 12]"},
      {Op::kReshape, {{Shape{2, 3}}, kUnknownInts}, {}, "float32[?, ?]"},
      {Op::kReshape, {{Shape{0, 3}}, ints({3, 0})}, {{"allowzero", flag(1)}}, "float32[3, 0]"},
      {Op::kReshape, {{std::nullopt}, ints({0, 5})}, {}, "float32[?, 5]"},
      {Op::kReshape,
       {{Shape{2, 3}}, ints({4, -1})},
       {},
       "an input of shape [2, 3] does not reshape to [4, ?]"},
      {Op::kReshape,
       {{Shape{2, 3}}, ints({7})},
       {},
       "an input of shape [2, 3] does not reshape to [7]"},
      {Op::kReshape,
       {{Shape{6}}, ints({-1, -1})},
       {},
       "a target of shape [?, ?] makes no sense: one dimension may be -1, and there may be 8"},
      {Op::kReshape,
       {{Shape{6}}, ints({6, 0})},
       {},
       "a target of shape [6, 0] copies a dimension that an input of shape [6] does not have"},
      {Op::kFlatten, {{Shape{2, 3, 4}}}, {{"axis", flag(2)}}, "float32[6, 4]"},
      {Op::kFlatten, {{Shape{2, 3, 4}}}, {{"axis", flag(0)}}, "float32[1, 24]"},
      {Op::kFlatten, {{Shape{kD, 3, 4}}}, {{"axis", flag(-2)}}, "float32[?, 12]"},
      {Op::kFlatten,
       {{Shape{2}}},
       {{"axis", flag(2)}},
       "attribute axis is 2, but the input has shape [2]"},
      {Op::kSqueeze, {{Shape{1, 3, 1}}}, {}, "float32[3]"},
      {Op::kSqueeze, {{Shape{1, 3, kD}}, ints({-1})}, {}, "float32[1, 3]"},
      {Op::kSqueeze,
       {{Shape{1, 3}}, ints({1})},
       {},
       "axis 1 of an input of shape [1, 3] cannot be dropped: it is not 1"},
      {Op::kUnsqueeze, {{Shape{3}}, ints({0, -1})}, {}, "float32[1, 3, 1]"},
      {Op::kUnsqueeze, {{Shape{3}}, kUnknownInts}, {}, "float32[?, ?, ?]"},
      {Op::kUnsqueeze,
       {{Shape{3}}, ints({0, 0})},
       {},
       "axis 0 of 3 dimensions does not exist or is named twice"},
  });
}

TEST(ShapesOf, Movement) {
  check({
      {Op::kTranspose, {{Shape{2, 3, 4}}}, {}, "float32[4, 3, 2]"},
      {Op::kTranspose, {{Shape{2, 3, 4}}}, {{"perm", Ints{0, 2, 1}}}, "float32[2, 4, 3]"},
      {Op::kTranspose,
       {{Shape{2, 3}}},
       {{"perm", Ints{0, 0}}},
       "attribute perm [0, 0] is no order of the axes of [2, 3]"},
      {Op::kDepthToSpace, {{Shape{1, 12, 2, 3}}}, {{"blocksize", flag(2)}}, "float32[1, 3, 4, 6]"},
      {Op::kSpaceToDepth, {{Shape{1, 3, 4, 6}}}, {{"blocksize", flag(2)}}, "float32[1, 12, 2, 3]"},
      {Op::kDepthToSpace,
       {{Shape{1, 3, 2, 3}}},
       {{"blocksize", flag(2)}},
       "3 channels do not divide into blocks of 2x2"},
  });
}

TEST(ShapesOf, JoiningAndSplitting) {
  check({
      {Op::kConcat, {{Shape{2, 3}}, {Shape{2, kD}}}, {{"axis", flag(-1)}}, "float32[2, ?]"},
      {Op::kConcat, {{Shape{kD, 3}}, {Shape{2, 4}}}, {{"axis", flag(1)}}, "float32[2, 7]"},
      {Op::kConcat,
       {{Shape{1, 3}}, {Shape{2, 4}}},
       {{"axis", flag(1)}},
       "shapes [1, 3] and [2, 4] do not join along axis 1"},
      {Op::kSplit, {{Shape{7}}}, {{"num_outputs", flag(3)}}, "float32[3] float32[3] float32[1]", 3},
      {Op::kSplit, {{Shape{6}}, ints({2, 4})}, {}, "float32[2] float32[4]", 2},
      {Op::kSplit, {{Shape{6}}, kUnknownInts}, {}, "float32[?] float32[?]", 2},
      {Op::kSplit,
       {{Shape{6}}, ints({2, 5})},
       {},
       "the parts [2, 5] do not make up [6] in 2 outputs",
       2},
      {Op::kSplit, {{Shape{2}}}, {}, "2 cannot be split into 4 parts", 4},
  });
}

TEST(ShapesOf, SlicesAndPads) {
  const In x = {Shape{10, kD}};
  const In last = ints({INT64_MAX});
  check({
      {Op::kSlice, {x, ints({2}), ints({-1})}, {}, "float32[7, ?]"},
      {Op::kSlice, {x, ints({0}), last, ints({0}), ints({3})}, {}, "float32[4, ?]"},
      {Op::kSlice, {x, ints({-1}), ints({INT64_MIN}), ints({0}), ints({-2})}, {}, "float32[5, ?]"},
      {Op::kSlice, {x, ints({9}), ints({0}), ints({0}), ints({INT64_MIN})}, {}, "float32[1, ?]"},
      {Op::kSlice, {x, ints({5}), ints({5})}, {}, "float32[0, ?]"},
      {Op::kSlice, {x, kUnknownInts, kUnknownInts}, {}, "float32[?, ?]"},
      {Op::kSlice, {x, ints({0}), ints({1}), ints({0}), ints({0})}, {}, "a step of 0 goes nowhere"},
      {Op::kSlice,
       {x, ints({0}), ints({1, 2})},
       {},
       "starts, ends, axes and steps are not equally many"},
      {Op::kSlice,
       {x, ints({0}), ints({1}), ints({2})},
       {},
       "axis 2 lies outside an input of shape [10, ?] or is named twice"},
      {Op::kPad, {x, ints({1, 0, 2, 0})}, {}, "float32[13, ?]"},
      {Op::kPad, {x, ints({-1, -2}), kLeftOut, ints({0})}, {}, "float32[7, ?]"},
      {Op::kPad, {x, {Shape{4}, kI}}, {}, "float32[?, ?]"},
      {Op::kPad, {x, ints({1, 1})}, {}, "2 pads do not fit 2 axes"},
      {Op::kPad,
       {x, ints({-6, 0, -5, 0})},
       {},
       "pads of -6 and -5 take more away than the 10 elements there are"},
      {Op::kPad,
       {x, ints({10, 0, 0, 0})},
       {{"mode", std::string("reflect")}},
       "mode reflect cannot pad 10 elements by 10"},
  });
}

TEST(ShapesOf, Selections) {
  check({
      {Op::kGather, {{Shape{5, 6, 7}}, of(kI, {2, 3})}, {{"axis", flag(1)}}, "float32[5, 2, 3, 7]"},
      {Op::kGather, {{Shape{5, 6}}, of(kI)}, {}, "float32[6]"},
      {Op::kGather,
       {{Shape{5, 6}}, {Shape{1}}},
       {},
       "input 1 is float32, but the operator wants int32 or int64"},
      {Op::kExpand, {{Shape{3, 1}}, ints({2, 1, 6})}, {}, "float32[2, 3, 6]"},
      {Op::kExpand, {{Shape{3, 1}}, kUnknownInts}, {}, "float32[3, ?]"},
      {Op::kTile, {{Shape{2, kD}}, ints({3, 4})}, {}, "float32[6, ?]"},
      {Op::kTile, {{Shape{2, 3}}, ints({3})}, {}, "1 repeats do not fit an input of shape [2, 3]"},
      {Op::kTopK, {{Shape{2, 9}}, ints({4})}, {}, "float32[2, 4] int64[2, 4]", 2},
      {Op::kTopK, {{Shape{2, 3}}, ints({4})}, {}, "the 4 largest of 3 are asked for", 2},
  });
}

TEST(ShapesOf, Creations) {
  check({
      {Op::kShape, {{Shape{2, kD, 4}}}, {}, "int64[3]"},
      {Op::kShape, {{Shape{2, kD, 4}}}, {{"start", flag(-2)}, {"end", flag(9)}}, "int64[2]"},
      {Op::kSize, {{std::nullopt}}, {}, "int64[]"},
      {Op::kConstantOfShape,
       {ints({2, 3})},
       {{"value", share(Tensor::from(Ints{7}, {1}))}},
       "int64[2, 3]"},
      {Op::kConstantOfShape, {kUnknownInts}, {}, "float32[?, ?]"},
      {Op::kConstantOfShape, {ints({-2})}, {}, "a shape of [-2] cannot exist"},
      {Op::kRange, {number(2), number(11), number(3)}, {}, "int64[3]"},
      {Op::kRange, {number(5), number(0), number(-2)}, {}, "int64[3]"},
      {Op::kRange, {number(5), number(0), number(1)}, {}, "int64[0]"},
      {Op::kRange, {real(0), real(1), real(0.3f)}, {}, "float32[4]"},
      {Op::kRange,
       {number(INT64_MIN), number(INT64_MAX), number(1)},
       {},
       "start, limit and delta make no sensible range"},
      {Op::kRange,
       {real(0), real(1), real(0)},
       {},
       "start, limit and delta make no sensible range"},
      {Op::kOneHot,
       {of(kI, {2, 3}), number(5), {Shape{2}}},
       {{"axis", flag(1)}},
       "float32[2, 5, 3]"},
      {Op::kNonZero, {{Shape{2, 3}}}, {}, "int64[2, ?]"},
  });
}

TEST(ShapesOf, Products) {
  check({
      {Op::kMatMul, {{Shape{5, 1, 2, 3}}, {Shape{4, 3, 6}}}, {}, "float32[5, 4, 2, 6]"},
      {Op::kMatMul, {{Shape{3}}, {Shape{3}}}, {}, "float32[]"},
      {Op::kMatMul, {{Shape{2, 3}}, {Shape{3}}}, {}, "float32[2]"},
      {Op::kMatMul, {{Shape{3}}, {Shape{4, 3, 6}}}, {}, "float32[4, 6]"},
      {Op::kMatMul,
       {{Shape{2, 3}}, {Shape{4, 5}}},
       {},
       "shapes [2, 3] and [4, 5] do not multiply: the inner dimensions differ"},
      {Op::kGemm,
       {{Shape{3, 2}}, {Shape{5, 3}}, {Shape{5}}},
       {{"transA", flag(1)}, {"transB", flag(1)}},
       "float32[2, 5]"},
      {Op::kGemm, {{Shape{kD, 3}}, {Shape{3, 5}}, {Shape{1}}}, {}, "float32[?, 5]"},
      {Op::kGemm,
       {{Shape{1, 3}}, {Shape{3, 5}}, {Shape{2, 5}}},
       {},
       "input 2 has shape [2, 5], but the product is [1, 5]"},
      {Op::kGemm,
       {{Shape{1, 3, 1}}, {Shape{3, 5}}},
       {},
       "inputs of shape [1, 3, 1] and [3, 5] are not both matrices"},
  });
}

TEST(ShapesOf, ConvolutionsAndPools) {
  const Attrs pool = {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}};
  check({
      {Op::kConv, {{std::nullopt}, {Shape{8, 3, 3, 3}}}, {}, "float32[?, 8, ?, ?]"},
      {Op::kConv, {{Shape{1, 3, 5, 5, 5}}, {Shape{8, 3, 3, 3, 3}}}, {}, "float32[1, 8, 3, 3, 3]"},
      {Op::kConv,
       {{Shape{1, 3, 8, 8}}, {Shape{8, 3, 3, 3}}, {Shape{7}}},
       {},
       "the bias has shape [7], but there are 8 output channels"},
      {Op::kConvTranspose,
       {{Shape{1, 4, 7, 7}}, {Shape{4, 3, 2, 2}}},
       {{"strides", Ints{2, 2}}},
       "float32[1, 3, 14, 14]"},
      {Op::kMaxPool, {{Shape{kD, 3, 8, 8}}}, pool, "float32[?, 3, 4, 4] int64[?, 3, 4, 4]", 2},
      {Op::kAveragePool,
       {{Shape{1, 3, 8, 8}}},
       {},
       "attribute kernel_shape holds 0, which is outside 1 to 2^30"},
      {Op::kGlobalAveragePool, {{Shape{2, 3, kD, 8}}}, {}, "float32[2, 3, 1, 1]"},
      {Op::kGlobalMaxPool,
       {{Shape{2, 3}}},
       {},
       "the input has shape [2, 3] and so no spatial dimensions"},
  });
}

TEST(ShapesOf, Resizes) {
  const In x = {Shape{1, 3, 5, kD}};
  check({
      {Op::kResize, {x, kLeftOut, floats({1, 1, 1.5f, 2})}, {}, "float32[1, 3, 7, ?]"},
      {Op::kResize, {x, kLeftOut, kLeftOut, ints({1, 3, 10, 20})}, {}, "float32[1, 3, 10, 20]"},
      {Op::kResize,
       {x, kLeftOut, floats({}), ints({10, 20})},
       {{"axes", Ints{2, 3}}},
       "float32[1, 3, 10, 20]"},
      {Op::kResize, {x, kLeftOut, floats({1, 2})}, {}, "2 sizes or scales do not fit 4 axes"},
      {Op::kResize,
       {x, kLeftOut, floats({1, 1, -1, 1})},
       {},
       "a scale of -1.000000 makes no sense"},
      {Op::kResize, {x}, {}, "neither sizes nor scales"},
  });
}

TEST(ShapesOf, RecurrentLayers) {
  const In x = {Shape{7, kD, 4}}, w = {Shape{1, 20, 4}}, r = {Shape{1, 20, 5}};
  const Attrs lstm = {{"hidden_size", flag(5)}};
  const Attrs batch_first = {{"hidden_size", flag(5)}, {"layout", flag(1)}};
  check({
      {Op::kLSTM, {x, w, r}, lstm, "float32[7, 1, ?, 5] float32[1, ?, 5] float32[1, ?, 5]", 3},
      {Op::kLSTM,
       {x, w, r},
       batch_first,
       "float32[7, ?, 1, 5] float32[7, 1, 5] float32[7, 1, 5]",
       3},
      {Op::kGRU,
       {{Shape{7, 2, 4}}, {Shape{2, 15, 4}}, {Shape{2, 15, 5}}},
       {{"direction", std::string("bidirectional")}},
       "float32[7, 2, 2, 5] float32[2, 2, 5]",
       2},
      {Op::kLSTM,
       {x, {Shape{1, 16, 4}}, r},
       lstm,
       "input 1 has shape [1, 16, 4] where [1, 20, 4] is needed",
       3},
  });
}

TEST(ShapesOf, Quantization) {
  const In x = {Shape{1, 4, 2}};
  check({
      {Op::kDynamicQuantizeLinear, {x}, {}, "uint8[1, 4, 2] float32[] uint8[]", 3},
      {Op::kQuantizeLinear, {x, {Shape{}}, of(DType::kInt8)}, {}, "int8[1, 4, 2]"},
      {Op::kQuantizeLinear, {x, {Shape{}}}, {}, "uint8[1, 4, 2]"},
      {Op::kQuantizeLinear, {x, {Shape{}}}, {{"output_dtype", flag(3)}}, "int8[1, 4, 2]"},
      {Op::kDequantizeLinear,
       {of(DType::kInt8, {4, 2}), {Shape{4}}, of(DType::kInt8, {4})},
       {{"axis", flag(0)}},
       "float32[4, 2]"},
      {Op::kDequantizeLinear,
       {of(DType::kInt8, {4, 2}), {Shape{3}}},
       {{"axis", flag(0)}},
       "there are 3 scales, but axis 0 of the input has size 4"},
      {Op::kDequantizeLinear,
       {of(DType::kInt8, {4}), {Shape{}}, of(DType::kUint8)},
       {},
       "the input is int8, but its zero point is uint8"},
  });
}

TEST(ShapesOf, ProductsOfBytes) {
  const DType u8 = DType::kUint8, s8 = DType::kInt8;
  check({
      {Op::kMatMulInteger, {of(u8, {5, 2, 3}), of(s8, {3, 4})}, {}, "int32[5, 2, 4]"},
      {Op::kMatMulInteger,
       {of(u8, {2, 3}), of(s8, {3, 4}), of(u8), of(s8, {4})},
       {},
       "int32[2, 4]"},
      {Op::kMatMulInteger,
       {of(u8, {2, 3}), of(s8, {4, 4})},
       {},
       "shapes [2, 3] and [4, 4] do not multiply: the inner dimensions differ"},
      {Op::kMatMulInteger,
       {of(kF, {2, 3}), of(s8, {3, 4})},
       {},
       "input 0 is float32, which has no 8 bits"},
      {Op::kMatMulInteger,
       {of(u8, {2, 3}), of(s8, {3, 4}), of(s8)},
       {},
       "a zero point is int8, but its input is uint8"},
  });
}

TEST(ShapesOf, LstmOfBytes) {
  const DType s8 = DType::kInt8;
  const auto lstm = [&](In w_scale, In r = of(DType::kInt8, {1, 2, 8})) {
    return std::vector<In>{{Shape{5, 1, 3}}, of(s8, {1, 3, 8}), r,          kLeftOut,
                           kLeftOut,         kLeftOut,          kLeftOut,   kLeftOut,
                           w_scale,          of(s8, {1}),       {Shape{1}}, of(s8, {1})};
  };
  const Op op = Op::kDynamicQuantizeLSTM;
  check({
      {op, lstm({Shape{1}}), {}, "float32[5, 1, 1, 2] float32[1, 1, 2] float32[1, 1, 2]", 3},
      {op, lstm({Shape{1, 8}}), {}, "float32[5, 1, 1, 2]"},
      {op, lstm({Shape{8}}), {}, "input 8 has shape [8] where [1] is needed"},
      {op, lstm(kLeftOut), {}, "the weights have no scale"},
      {op, lstm({Shape{1}}, {Shape{1, 2, 8}}), {}, "input 2 is float32, which has no 8 bits"},
      {op,
       lstm({Shape{1}}, of(s8, {1, 2, 9})),
       {},
       "input 2 has shape [1, 2, 9] where [1, 2, 8] is needed"},
      {op,
       lstm({Shape{1}}),
       {{"hidden_size", flag(3)}},
       "input 1 has shape [1, 3, 8] where [1, 3, 12] is needed"},
  });
}

}  // namespace
}  // namespace octavo
