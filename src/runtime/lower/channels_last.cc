//   x -> Conv -> Relu -> Add -> ... -> Flatten      all (N, C, H, W)
//   x -> Transpose -> Conv -> Relu -> Add -> ... -> Flatten      (N, H, W, C) from the first Conv
//   on
//
// One walk from the inputs on. Convolutions and pools take and give (N, H, W, C); what follows them
// keeps that layout where a rule below tells how; before everything else a value is transposed
// back. Values of unknown shape or of other ranks than 4 stay as they are.
#include <algorithm>

#include "runtime/lower/layout_rules.h"
#include "runtime/lower/lower.h"

namespace octavo {
namespace {

bool any_last(const Graph& graph, const LayoutTwins& twins, NodeId id) {
  const auto& inputs = graph.node(id).inputs;
  return std::any_of(inputs.begin(), inputs.end(), [&](ValueId v) { return twins.is_last(v); });
}

}  // namespace

Status channels_last(Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  LayoutTwins twins(graph);
  for (const NodeId id : order) {
    const LayoutRule* rule = find_layout_rule(graph.node(id).op);
    const bool asked = rule && (rule->starts || any_last(graph, twins, id));
    if (asked && rule->apply(graph, twins, id)) continue;
    for (size_t i = 0; i < graph.node(id).inputs.size(); ++i) {
      const ValueId input = graph.node(id).inputs[i];
      if (twins.is_last(input)) graph.set_input(id, i, twins.first(input));
    }
  }
  return {};
}

}  // namespace octavo
