#include "formats/onnx/node_adder.h"

namespace octavo::onnx {

NodeAdder::NodeAdder(Graph& graph) : graph_(graph) {
  for (const NodeId id : graph.live_nodes()) names_.insert(graph.node(id).name);
}

ValueId NodeAdder::add(Op op, const std::string& stem, std::vector<ValueId> inputs,
                       Attributes attrs, ValueId output) {
  Node node;
  node.op = op;
  node.op_type = name_of(op);
  node.name = stem + "_" + node.op_type;
  for (size_t suffix = names_.size(); !names_.insert(node.name).second; ++suffix) {
    node.name = stem + "_" + node.op_type + "_" + std::to_string(suffix);
  }
  if (output == kNoValue) output = graph_.add_value({.name = node.name});
  node.attrs = std::move(attrs);
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
  node.inputs = std::move(inputs);
  node.outputs = {output};
  graph_.add_node(std::move(node));
  return output;
}

}  // namespace octavo::onnx
