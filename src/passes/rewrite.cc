#include "passes/rewrite.h"

namespace octavo {

Result<int> rewrite_each(Graph& graph, Op op, Result<bool> (*rewrite)(Graph& graph, NodeId id)) {
  int changes = 0;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.removed || node.op != op) continue;
    OCTAVO_ASSIGN_OR_RETURN(const bool changed, rewrite(graph, id));
    if (changed) ++changes;
  }
  return changes;
}

bool is_float_constant(const Graph& graph, ValueId id) {
  return graph.is_constant(id) && graph.constant(id)->dtype() == DType::kFloat32;
}

std::optional<std::span<const float>> float_constant(const Graph& graph, ValueId id) {
  const Tensor* tensor = graph.held_constant(id);
  if (!tensor || tensor->dtype() != DType::kFloat32) return std::nullopt;
  return tensor->values<float>();
}

ValueId input_or_none(const Node& node, size_t i) {
  return i < node.inputs.size() ? node.inputs[i] : kNoValue;
}

NodeId sole_producer(const Graph& graph, const Node& node, size_t i, Op op) {
  const ValueId value = input_or_none(node, i);
  if (value == kNoValue) return kNoNode;
  const NodeId producer = graph.producer(value);
  if (producer == kNoNode || graph.node(producer).op != op) return kNoNode;
  const bool only_output = graph.node(producer).outputs.size() == 1;
  return only_output && graph.only_consumer(value) != kNoNode ? producer : kNoNode;
}

void take_over_output(Graph& graph, NodeId node, NodeId next) {
  const ValueId output = graph.node(next).outputs[0];
  graph.remove_node(next);
  graph.set_output(node, 0, output);
}

void replace_constant(Graph& graph, NodeId id, size_t i, const std::string& name,
                      Constant constant) {
  const ValueId old = input_or_none(graph.node(id), i);
  if (old != kNoValue && graph.only_consumer(old) == id) {
    Value& value = graph.value(old);
    value.dtype = constant.dtype();
    value.shape = constant.shape();
    value.constant = share(std::move(constant));
  } else {
    graph.set_input(id, i, graph.add_constant(name, std::move(constant)));
  }
}

void drop_if_unused(Graph& graph, ValueId id) {
  if (graph.is_constant(id) && graph.consumers(id).empty() && !graph.is_output(id)) {
    graph.value(id).constant.reset();
  }
}

}  // namespace octavo
