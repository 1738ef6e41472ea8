#include <gtest/gtest.h>

#include <limits>

#include "runtime/plan.h"
#include "tests/unit/graph/graph_builder.h"

namespace octavo {
namespace {

Result<Tensor> evaluate(Op op, const std::vector<Tensor>& inputs, int64_t axis = 1) {
  Node node;
  node.op = op;
  node.name = "node";
  node.attrs.set("axis", axis);
  node.inputs.assign(inputs.size(), 0);
  node.outputs = {0};
  std::vector<ConstantPtr> constants;
  for (const Tensor& input : inputs) constants.push_back(share(input));
  OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> outputs, evaluate_node(node, constants));
  return std::move(outputs[0]);
}

template <typename T>
std::vector<T> values_of(const Result<Tensor>& tensor) {
  EXPECT_TRUE(tensor.ok()) << tensor.status().to_string();
  if (!tensor.ok()) return {};
  const auto values = tensor->values<T>();
  return {values.begin(), values.end()};
}

Tensor floats(const std::vector<float>& values, Shape shape) {
  return Tensor::from(values, std::move(shape));
}

TEST(QuantizeLinear, QuantizesEachIndexOfItsAxis) {
  const Tensor x = floats({1, 2, 3, 4, 5, 6}, {1, 3, 2});
  const auto y = evaluate(Op::kQuantizeLinear,
                          {x, floats({1, 2, 4}, {3}), Tensor::from<int8_t>({0, 10, -10}, {3})});
  EXPECT_EQ(values_of<int8_t>(y), (std::vector<int8_t>{1, 2, 12, 12, -9, -8}));
}

TEST(QuantizeLinear, IsUint8WithoutZeroPoint) {
  const auto y =
      evaluate(Op::kQuantizeLinear, {floats({-1, 0.5f, 1.5f, 300}, {4}), Tensor::scalar(1.0f)});
  EXPECT_EQ(values_of<uint8_t>(y), (std::vector<uint8_t>{0, 0, 2, 255}));
}

TEST(QuantizeLinear, SixteenBitsSaturateToo) {
  const auto y = evaluate(Op::kQuantizeLinear, {floats({-1e9f, 0, 1e9f}, {3}), Tensor::scalar(0.5f),
                                                Tensor::scalar(int16_t{5})});
  EXPECT_EQ(values_of<int16_t>(y), (std::vector<int16_t>{-32768, 5, 32767}));
}

TEST(DequantizeLinear, TakesInt32BiasesByChannel) {
  const auto y = evaluate(Op::kDequantizeLinear,
                          {Tensor::from<int32_t>({100, -200}, {2}), floats({0.5f, 0.25f}, {2})}, 0);
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{50, -50}));
}

TEST(DequantizeLinear, NegativeAxisCountsFromTheEnd) {
  const auto y = evaluate(Op::kDequantizeLinear,
                          {Tensor::from<uint8_t>({1, 2, 3, 4}, {2, 2}), floats({1, 10}, {2}),
                           Tensor::from<uint8_t>({1, 1}, {2})},
                          -1);
  EXPECT_EQ(values_of<float>(y), (std::vector<float>{0, 10, 2, 30}));
}

TEST(DequantizeLinear, RefusesAsManyScalesAsNoAxisHas) {
  const auto y = evaluate(Op::kDequantizeLinear,
                          {Tensor::from<uint8_t>({1, 2, 3, 4}, {2, 2}), floats({1, 1, 1}, {3})});
  EXPECT_FALSE(y.ok());
}

}  // namespace
}  // namespace octavo
