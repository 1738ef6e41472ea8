// GraphProto -> Graph, subgraphs included.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/onnx/node_reader.h"
#include "formats/onnx/wire.h"
#include "graph/graph.h"

namespace octavo::onnx {

// Attribute of an unknown node with subgraphs: how many of its last inputs were captured.
constexpr const char* kCaptures = "octavo.captures";

class GraphReader {
 public:
  // `outer` is the graph around a subgraph; null for the model's own.
  GraphReader(ReadContext& context, GraphReader* outer);

  Status read(Extent message);
  Graph take() { return std::move(graph_); }

 private:
  // A value of the graph around this one that this one uses, and its stand-in here.
  struct Capture {
    ValueId outer;
    ValueId inner;
  };

  Status each(const std::vector<Field>& fields, int number, Status (GraphReader::*read)(Extent));
  Status refuse_sparse(Extent message);
  Status read_initializer(Extent message);
  Status read_input(Extent message);
  Status read_node_outputs(Extent message);
  Status read_output(Extent message);
  Status read_value_info(Extent message);
  Status connect(RawNode raw);
  Status connect_subgraphs(RawNode& raw);
  Status read_as_part_of(const Node& node, Extent message);
  void append_captures(GraphReader& inner, const std::vector<ValueId>& captured);

  Result<ValueId> declare(Value value);
  ValueId find(const std::string& name);  // here, or captured from outside; kNoValue
  void make_name_unique(Node& node);

  ReadContext& context_;
  GraphReader* outer_;
  int depth_;
  Graph graph_;
  std::unordered_map<std::string, ValueId> values_;  // by their names in the file
  std::unordered_set<std::string> node_names_;
  std::unordered_set<ValueId> outputs_;
  std::vector<RawNode> nodes_;
  std::vector<Capture> captures_;
};

}  // namespace octavo::onnx
