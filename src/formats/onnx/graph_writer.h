// Graph -> GraphProto, subgraphs included.
#pragma once

#include <map>
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
  // Constants that several graphs share are written once, with the outermost one.
  void share_constants();
  bool is_shared(const Value& value) const {
    return root().shared_.count(value.constant.get()) != 0;
  }
  const GraphWriter& root() const { return outer_ == nullptr ? *this : outer_->root(); }
  bool is_taken_outside(const std::string& name) const;
  std::string fresh_name(const std::string& wanted);

  Result<Rope> write_node(const Node& node);
  Result<Rope> write_attribute(const Node& node, const std::string& name, const Attribute& value);
  void write_constants(Rope& rope);
  Status write_inputs(Rope& rope);
  void write_outputs(Rope& rope);
  void write_value_infos(Rope& rope);

  const std::string& name_of(ValueId id) const { return names_[static_cast<size_t>(id)]; }

  const Graph& graph_;
  int64_t opset_;
  const GraphWriter* outer_;
  std::vector<ValueId> captured_;
  std::vector<std::string> names_;  // by value, as written
  std::set<std::string> taken_;
  std::vector<bool> is_outside_;  // by value: provided by a graph around this one

  // Of the outermost graph only: names of the constants of subgraphs that it holds.
  std::map<const Constant*, std::string> shared_;
  std::vector<ConstantPtr> shared_in_order_;
};

}  // namespace octavo::onnx
