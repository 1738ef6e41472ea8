// Running graphs and single nodes in tests.
#pragma once

#include <gtest/gtest.h>

#include "runtime/executor.h"
#include "tests/unit/kernels/byte_noise.h"

namespace octavo {

inline TensorView view_of(const Tensor& tensor) {
  return {tensor.dtype(), tensor.shape(), const_cast<void*>(tensor.data())};
}

inline Tensor copy_of(const TensorView& view) {
  const std::span bytes(static_cast<const std::byte*>(view.data), view.bytes());
  return {view.dtype, view.shape, Buffer::copy_of(bytes)};
}

inline Result<std::vector<Tensor>> run_graph(const Graph& graph, const std::vector<Tensor>& inputs,
                                             const PlanOptions& options = {}) {
  OCTAVO_ASSIGN_OR_RETURN(auto plan, make_plan(graph, options));
  Executor executor(plan);
  std::vector<TensorView> views;
  for (const Tensor& input : inputs) views.push_back(view_of(input));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<TensorView> made, executor.run(views));
  std::vector<Tensor> outputs;
  for (const TensorView& view : made) outputs.push_back(copy_of(view));
  return outputs;
}

inline Tensor noise_tensor(uint32_t seed, const Shape& shape) {
  Noise noise(seed);
  std::vector<float> values(static_cast<size_t>(shape.count()));
  for (float& value : values) value = noise.real(-2.0f, 2.0f);
  return Tensor::from(values, shape);
}

inline std::vector<float> floats_of(const Tensor& tensor) {
  const auto values = tensor.values<float>();
  return {values.begin(), values.end()};
}

// How many nodes of a kind the plan has.
inline int count_ops(const Graph& graph, Op op) {
  int count = 0;
  for (const NodeId id : graph.live_nodes()) count += graph.node(id).op == op;
  return count;
}

}  // namespace octavo
