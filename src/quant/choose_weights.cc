// Marks the nodes whose weights become small while their arithmetic stays in float.
#include "quant/stages.h"
#include "quant/weight_forms.h"

namespace octavo {
namespace {

bool has_weights(Op op) {
  switch (op) {
    case Op::kConv:
    case Op::kConvTranspose:
    case Op::kGRU:
    case Op::kGather:
    case Op::kGemm:
    case Op::kLSTM:
    case Op::kMatMul:
      return true;
    default:
      return false;
  }
}

// Why the weights stay as they are; empty where they do not.
std::string refuse(const QuantizeState& state, const Node& node) {
  if (!has_weights(node.op)) return node.op_type + " has no weights";
  const std::string by = excluded_by(state.recipe, state.graph, node);
  if (!by.empty()) return "excluded by '" + by + "'";
  if (weight_forms(state.graph, node).empty()) {
    return "its weights are not float constants of known form";
  }
  return {};
}

}  // namespace

Status choose_weights(QuantizeState& state) {
  state.quantized.assign(state.graph.node_count(), false);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (const NodeId id : order) {
    const Node& node = state.graph.node(id);
    NodeSummary line{node.name, node.op_type, false, refuse(state, node)};
    line.quantized = line.reason.empty();
    state.quantized[static_cast<size_t>(id)] = line.quantized;
    state.summary.push_back(std::move(line));
  }
  return {};
}

}  // namespace octavo
