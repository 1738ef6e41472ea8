// Graphs with QuantizeLinear and DequantizeLinear for tests, and both ways to run them: lowered to
// integers, and node by node in float.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "graph/shape_inference.h"
#include "runtime/executor.h"
#include "runtime/lower/lower.h"
#include "tests/unit/graph/graph_builder.h"
#include "tests/unit/kernels/byte_noise.h"

namespace octavo {

// Scales that are powers of two keep float sums exact, so that both ways must agree to the bit.
struct Scale {
  float scale = 0.25f;
  int zero_point = 0;
  DType dtype = DType::kUint8;
};

class QdqBuilder : public GraphBuilder {
 public:
  // An 8-bit graph input `name`, and what a float operator reads of it.
  ValueId input8(const std::string& name, Shape shape, Scale scale = {}) {
    return dequantize(input(name, std::move(shape), scale.dtype), name, scale);
  }
  ValueId dequantize(ValueId x, const std::string& stem, Scale scale) {
    return node(Op::kDequantizeLinear, with_params(x, stem + "_dq", scale), stem + "_real");
  }
  ValueId quantize(ValueId x, const std::string& stem, Scale scale) {
    return node(Op::kQuantizeLinear, with_params(x, stem + "_q", scale), stem + "_8bit");
  }
  // The usual end: Q, DQ, graph output. Returns the 8-bit value.
  ValueId output8(ValueId x, const std::string& stem, Scale scale) {
    const ValueId integer = quantize(x, stem, scale);
    output(dequantize(integer, stem, scale));
    return integer;
  }

  // Constant int8 weights behind a DequantizeLinear, one scale an index of `axis`, or one for all.
  ValueId weights(const std::string& name, Shape shape, std::vector<float> scales, int axis = 0,
                  uint32_t seed = 7) {
    Noise noise(seed);
    std::vector<int8_t> values;
    for (const uint8_t byte : noise.bytes(static_cast<size_t>(shape.count()))) {
      values.push_back(static_cast<int8_t>(byte == 0x80 ? 0x81 : byte));
    }
    const auto n = static_cast<int64_t>(scales.size());
    const Shape params = n == 1 ? Shape{} : Shape{n};
    const std::vector<int8_t> zeros(scales.size(), 0);
    return node(Op::kDequantizeLinear,
                {constant(name, values, std::move(shape)), floats(name + "_scale", scales, params),
                 constant(name + "_zero", zeros, params)},
                name + "_real", {{"axis", int64_t{axis}}});
  }

 private:
  std::vector<ValueId> with_params(ValueId x, const std::string& stem, Scale scale) {
    const ValueId real = graph.add_constant(stem + "_scale", Tensor::scalar(scale.scale));
    const ValueId zero = graph.add_constant(
        stem + "_zero", scale.dtype == DType::kInt8
                            ? Tensor::scalar(static_cast<int8_t>(scale.zero_point))
                            : Tensor::scalar(static_cast<uint8_t>(scale.zero_point)));
    return {x, real, zero};
  }
};

inline Graph lowered(Graph graph) {
  EXPECT_TRUE(infer_shapes(graph).ok()) << infer_shapes(graph).to_string();
  const Status status = lower_qdq(graph);
  EXPECT_TRUE(status.ok()) << status.to_string();
  EXPECT_TRUE(graph.validate().ok()) << graph.validate().to_string();
  return graph;
}

// Names of the operators in running order: "QLinearConv QuantizeLinear".
inline std::string ops_of(const Graph& graph) {
  std::string names;
  const std::vector<NodeId> order = graph.topological_order().value();
  for (const NodeId id : order) {
    names += (names.empty() ? "" : " ") + std::string(name_of(graph.node(id).op));
  }
  return names;
}

inline const Value& value_named(const Graph& graph, const std::string& name) {
  const ValueId id = graph.find_value(name);
  EXPECT_NE(id, kNoValue) << "no value " << name;
  return graph.value(id == kNoValue ? 0 : id);
}

// Runs on noise for 8-bit inputs and small numbers for float ones; the bytes of all outputs.
inline std::vector<uint8_t> run_on_noise(const Graph& graph, const PlanOptions& options,
                                         int threads = 1) {
  const auto plan = make_plan(graph, options);
  EXPECT_TRUE(plan.ok()) << plan.status().to_string();
  if (!plan.ok()) return {};
  Noise noise(3);
  std::vector<std::vector<uint8_t>> data;
  std::vector<TensorView> inputs;
  for (const ValueId id : graph.inputs) {
    const Value& value = graph.value(id);
    const auto count = static_cast<size_t>(value.shape->count());
    if (value.dtype == DType::kFloat32) {
      std::vector<float> reals;
      for (size_t i = 0; i < count; ++i)
        reals.push_back(static_cast<float>(noise.between(-64, 64)) / 8);
      const auto* bytes = reinterpret_cast<const uint8_t*>(reals.data());
      data.emplace_back(bytes, bytes + count * sizeof(float));
    } else {
      data.push_back(noise.bytes(count));
    }
    inputs.push_back({value.dtype, *value.shape, nullptr});
  }
  for (size_t i = 0; i < inputs.size(); ++i) inputs[i].data = data[i].data();
  Executor executor(*plan, std::make_shared<ThreadPool>(threads));
  const auto outputs = executor.run(inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.status().to_string();
  std::vector<uint8_t> bytes;
  if (!outputs.ok()) return bytes;
  for (const TensorView& view : *outputs) {
    const auto* from = static_cast<const uint8_t*>(view.data);
    bytes.insert(bytes.end(), from, from + view.bytes());
  }
  return bytes;
}

// The graph computes in integers what its float operators say, on every instruction set.
inline void expect_lowering_keeps_results(const Graph& graph) {
  const std::vector<uint8_t> in_float = run_on_noise(graph, {.lower = false});
  EXPECT_FALSE(in_float.empty());
  EXPECT_EQ(run_on_noise(graph, {.isa = best_isa()}), in_float);
  EXPECT_EQ(run_on_noise(graph, {.isa = Isa::kSimd128}), in_float);
  EXPECT_EQ(run_on_noise(graph, {.isa = Isa::kRef}), in_float);
}

}  // namespace octavo
