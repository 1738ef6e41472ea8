// Graph -> GraphProto, subgraphs included.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "formats/onnx/rope.h"
#include "graph/graph.h"

namespace octavo::onnx {

class GraphWriter {
 public:
  GraphWriter(const Graph& graph, int64_t opset) : GraphWriter(graph, opset, nullptr, {}) {}
  Result<Rope> write();

 private:
  // A subgraph: `captured` are the outer values that its last inputs stand for.
  GraphWriter(const Graph& graph, int64_t opset, const GraphWriter* outer,
              std::vector<ValueId> captured);

  void name_values();
  // The name under which a constant is known outside already; "" where it is not.
  std::string name_outside(const Value& value) const;
  bool is_taken_outside(const std::string& name) const;
  std::string fresh_name(const std::string& wanted);

  Result<Rope> write_node(const Node& node);
  Result<Rope> write_attribute(const Node& node, const std::string& name, const Attribute& value);
  void write_constants(Rope& rope);
  Status write_inputs(Rope& rope);
  void write_outputs(Rope& rope);

  const std::string& name_of(ValueId id) const { return names_[static_cast<size_t>(id)]; }

  const Graph& graph_;
  int64_t opset_;
  const GraphWriter* outer_;
  std::vector<ValueId> captured_;
  std::vector<std::string> names_;  // by value, as written
  std::set<std::string> taken_;
  std::vector<bool> is_outside_;    // by value: provided by a graph around this one
};

}  // namespace octavo::onnx
