#include "quant/stages.h"

namespace octavo {

Status mark_unless(QuantizeState& state,
                   const std::function<std::string(const QuantizeState&, const Node&)>& refuse) {
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
