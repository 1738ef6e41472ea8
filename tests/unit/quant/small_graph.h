// Graphs of a few nodes, written down briefly.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/quantize.h"

namespace octavo {

class SmallGraph {
 public:
  Graph graph;

  ValueId input(const std::string& name, Shape shape, DType dtype = DType::kFloat32) {
    const ValueId id = activation(name, std::move(shape), dtype);
    graph.inputs.push_back(id);
    return id;
  }

  ValueId constant(const std::string& name, const std::vector<float>& values, Shape shape) {
    return graph.add_constant(name, Tensor::from(values, std::move(shape)));
  }

  ValueId integers(const std::string& name, const std::vector<int64_t>& values) {
    return graph.add_constant(name,
                              Tensor::from(values, Shape{static_cast<int64_t>(values.size())}));
  }

  // The node and its one float output have the same name.
  ValueId node(Op op, const std::string& name, std::vector<ValueId> inputs, Shape shape,
               Attributes attrs = {}) {
    Node node;
    node.op = op;
    node.op_type = name_of(op);
    node.name = name;
    node.attrs = std::move(attrs);
    node.inputs = std::move(inputs);
    node.outputs = {activation(name, std::move(shape), DType::kFloat32)};
    return graph.node(graph.add_node(std::move(node))).outputs[0];
  }

  // A 1x1 convolution over two pixels, with as many channels as weights have rows.
  ValueId conv(const std::string& name, ValueId x, const std::vector<float>& weights,
               int64_t channels, const std::vector<float>& bias = {}) {
    const int64_t inner = static_cast<int64_t>(weights.size()) / channels;
    std::vector<ValueId> inputs = {x, constant(name + "_w", weights, Shape{channels, inner, 1, 1})};
    if (!bias.empty()) inputs.push_back(constant(name + "_b", bias, Shape{channels}));
    return node(Op::kConv, name, inputs, Shape{1, channels, 2, 1});
  }

  // A convolution that reads integers, so that what is before it stays integer. Its range: "end".
  void end_in_conv(ValueId x) { output(conv("end", x, {1}, 1)); }

  void output(ValueId id) { graph.outputs.push_back(id); }

 private:
  ValueId activation(const std::string& name, Shape shape, DType dtype) {
    Value value;
    value.name = name;
    value.dtype = dtype;
    value.shape = std::move(shape);
    return graph.add_value(std::move(value));
  }
};

inline Ranges ranges_of(std::initializer_list<std::pair<std::string, Range>> list) {
  Ranges ranges;
  for (const auto& [name, range] : list) ranges[name] = {range, 1, "min_max"};
  return ranges;
}

inline QuantizeResult quantized(const Graph& graph, const Ranges& ranges,
                                const Recipe& recipe = {}) {
  Result<QuantizeResult> result = quantize(graph, ranges, recipe);
  EXPECT_TRUE(result.ok()) << result.status().to_string();
  if (!result.ok()) return {};
  EXPECT_TRUE(result->graph.validate().ok()) << result->graph.validate().to_string();
  return std::move(result).value();
}

inline const NodeSummary& line_of(const QuantizeResult& result, const std::string& name) {
  for (const NodeSummary& line : result.nodes) {
    if (line.name == name) return line;
  }
  ADD_FAILURE() << "no node " << name;
  return result.nodes.front();
}

inline const Node& node_named(const Graph& graph, const std::string& name) {
  for (NodeId id : graph.live_nodes()) {
    if (graph.node(id).name == name) return graph.node(id);
  }
  ADD_FAILURE() << "no node " << name;
  return graph.node(0);
}

// Of the integers that stand for the float value or constant `name`.
inline QuantParams params_of(const Graph& graph, const std::string& name) {
  const ValueId id = graph.find_value(name + "_q");
  EXPECT_NE(id, kNoValue) << name << " is not quantized";
  return id == kNoValue ? QuantParams{{1}, {0}} : *graph.value(id).quant;
}

// The DequantizeLinear that gives their floats: integers, scale, zero point.
inline const Node& dequantize_of(const Graph& graph, const std::string& name) {
  const ValueId id = graph.find_value(name + "_q");
  EXPECT_NE(id, kNoValue) << name << " is not quantized";
  return graph.node(id == kNoValue ? 0 : graph.consumers(id)[0]);
}

template <typename T>
std::vector<T> values_of(const Graph& graph, ValueId id) {
  const Tensor* tensor = graph.held_constant(id);
  EXPECT_NE(tensor, nullptr);
  if (!tensor) return {};
  const auto values = tensor->values<T>();
  return {values.begin(), values.end()};
}

}  // namespace octavo
