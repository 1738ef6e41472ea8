// A graph as one short line a node, constants by their values.
#pragma once

#include <sstream>
#include <string>

#include "graph/graph.h"

namespace octavo::node_lines {

inline std::string text_of(const Tensor& tensor) {
  std::ostringstream text;
  const auto list = [&text](const auto& values) {
    for (size_t i = 0; i < values.size(); ++i) text << (i > 0 ? " " : "") << values[i];
  };
  if (tensor.dtype() == DType::kFloat32)
    list(tensor.values<float>());
  else
    list(tensor.integers());
  return tensor.shape().rank() == 0 ? text.str() : "[" + text.str() + "]";
}

struct AttributeText {
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<int64_t>& values) const {
    return text_of(Tensor::from(values, Shape{static_cast<int64_t>(values.size())}));
  }
  template <typename T>
  std::string operator()(const T&) const {
    return "...";
  }
};

// "Clip(x, 0, 6) axis=1": constants by their values.
inline std::string line_of(const Graph& graph, const Node& node) {
  std::string line = (node.op == Op::kUnknown ? "?" : "") + node.op_type + "(";
  for (const ValueId id : node.inputs) {
    if (line.back() != '(') line += ", ";
    const Constant* constant = graph.constant(id);
    line += id == kNoValue        ? "-"
            : constant != nullptr ? text_of(*constant->held())
                                  : graph.value(id).name;
  }
  line += ")";
  for (const auto& [name, value] : node.attrs.map()) {
    line += " " + name + "=" + std::visit(AttributeText(), value);
  }
  return line;
}

inline std::string lines_of(const Graph& graph) {
  const auto order = graph.topological_order();
  std::string lines;
  for (const NodeId id : *order)
    lines += (lines.empty() ? "" : "; ") + line_of(graph, graph.node(id));
  return lines;
}

}  // namespace octavo::node_lines
