// Graphs for tests, a line a node.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "graph/graph.h"

namespace octavo {

class GraphBuilder {
 public:
  ValueId input(const std::string& name, std::optional<Shape> shape, DType dtype = DType::kFloat32,
                std::vector<std::string> dim_names = {}) {
    Value value;
    value.name = name;
    value.dtype = dtype;
    value.shape = std::move(shape);
    value.dim_names = std::move(dim_names);
    graph.inputs.push_back(graph.add_value(std::move(value)));
    return graph.inputs.back();
  }

  template <typename T>
  ValueId constant(const std::string& name, const std::vector<T>& values, Shape shape) {
    return graph.add_constant(name, Tensor::from(values, std::move(shape)));
  }
  ValueId floats(const std::string& name, const std::vector<float>& values, Shape shape) {
    return constant(name, values, std::move(shape));
  }
  ValueId ints(const std::string& name, const std::vector<int64_t>& values) {
    return constant(name, values, Shape{static_cast<int64_t>(values.size())});
  }

  // A node with one output named `name`; returns that.
  ValueId node(Op op, std::vector<ValueId> inputs, const std::string& name,
               std::vector<std::pair<std::string, Attribute>> attributes = {}) {
    return nodes(op, std::move(inputs), {name}, std::move(attributes)).front();
  }
  std::vector<ValueId> nodes(Op op, std::vector<ValueId> inputs,
                             const std::vector<std::string>& names,
                             std::vector<std::pair<std::string, Attribute>> attributes = {}) {
    Node made;
    made.op = op;
    made.op_type = name_of(op);
    made.name = names.front() + "_node";
    made.inputs = std::move(inputs);
    for (auto& [name, attribute] : attributes) made.attrs.set(name, std::move(attribute));
    for (const std::string& name : names) {
      Value value;
      value.name = name;
      made.outputs.push_back(graph.add_value(std::move(value)));
    }
    graph.add_node(made);
    return made.outputs;
  }

  void output(ValueId id) { graph.outputs.push_back(id); }

  Graph graph;
};

using Ints = std::vector<int64_t>;

}  // namespace octavo
