//   a node none of whose outputs anybody uses -> nothing; a constant that nobody uses -> nothing
//
// Backwards, so that a chain that leads nowhere goes at once. Graph inputs stay: they are the
// model's face. Nodes with one output in use keep all of theirs.
#include <algorithm>

#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

bool is_dead(const Graph& graph, const Node& node) {
  return std::all_of(node.outputs.begin(), node.outputs.end(), [&graph](ValueId id) {
    return id == kNoValue || (graph.consumers(id).empty() && !graph.is_output(id));
  });
}

}  // namespace

Result<int> eliminate_dead(Graph& graph, const PassContext&) {
  int changes = 0;
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    if (!is_dead(graph, graph.node(*id))) continue;
    graph.remove_node(*id);
    ++changes;
  }
  for (size_t i = 0; i < graph.value_count(); ++i) drop_if_unused(graph, static_cast<ValueId>(i));
  return changes;
}

}  // namespace octavo
