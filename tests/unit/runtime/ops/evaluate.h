// Runs one operator on tensors, for the tables of its tests.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <initializer_list>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/plan.h"

namespace octavo {

using Attrs = std::vector<std::pair<const char*, Attribute>>;

// An input that is left out is a default Tensor (dtype unknown).
inline Result<std::vector<Tensor>> evaluate(Op op, const std::vector<Tensor>& inputs,
                                            const Attrs& attrs = {}, size_t outputs = 1) {
  Node node;
  node.op = op;
  node.op_type = name_of(op);
  node.name = "tested";
  for (const auto& [name, value] : attrs) node.attrs.set(name, value);
  std::vector<ConstantPtr> given;
  for (size_t i = 0; i < inputs.size(); ++i) {
    node.inputs.push_back(static_cast<ValueId>(i));
    given.push_back(inputs[i].dtype() == DType::kUnknown ? nullptr : share(inputs[i]));
  }
  for (size_t i = 0; i < outputs; ++i) node.outputs.push_back(static_cast<ValueId>(i));
  return evaluate_node(node, given);
}

// The values of the only output; a test that fails to run has no values.
template <typename T>
std::vector<T> values_of(Op op, const std::vector<Tensor>& inputs, const Attrs& attrs = {}) {
  const auto outputs = evaluate(op, inputs, attrs);
  EXPECT_TRUE(outputs.ok()) << name_of(op) << ": " << outputs.status().to_string();
  if (!outputs.ok()) return {};
  EXPECT_EQ((*outputs)[0].dtype(), dtype_of<T>()) << name_of(op);
  if ((*outputs)[0].dtype() != dtype_of<T>()) return {};
  const auto values = (*outputs)[0].values<T>();
  return {values.begin(), values.end()};
}

inline ErrorCode code_of(Op op, const std::vector<Tensor>& inputs, const Attrs& attrs = {}) {
  return evaluate(op, inputs, attrs).status().code();
}

// Bools have no std::vector with data(): they are made from bytes.
inline Tensor bools(const std::vector<uint8_t>& values, Shape shape) {
  return Tensor(DType::kBool, std::move(shape), Buffer::copy_of(std::span<const uint8_t>(values)));
}

template <typename T>
Tensor tensor(const std::vector<T>& values, Shape shape) {
  return Tensor::from(values, std::move(shape));
}
template <typename T>
Tensor vector(const std::vector<T>& values) {
  return Tensor::from(values, Shape{static_cast<int64_t>(values.size())});
}

// 0, 1, 2, ...
inline Tensor counting(Shape shape) {
  std::vector<float> values(static_cast<size_t>(shape.count()));
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  return Tensor::from(values, std::move(shape));
}

inline Tensor random_floats(Shape shape, uint32_t seed = 1) {
  std::minstd_rand random(seed);
  std::vector<float> values(static_cast<size_t>(shape.count()));
  for (float& value : values) value = static_cast<float>(random() % 2001) * 0.002f - 2.0f;
  return Tensor::from(values, std::move(shape));
}

inline void expect_near(const std::vector<float>& got, const std::vector<double>& want,
                        const std::string& what, double tolerance = 1e-5) {
  ASSERT_EQ(got.size(), want.size()) << what;
  for (size_t i = 0; i < got.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(got[i]), want[i], tolerance * (1 + std::fabs(want[i])))
        << what << " at " << i;
  }
}

}  // namespace octavo
