#include "graph/graph.h"

namespace octavo {
namespace {

// Which values are referred to: by the graph's ends and by nodes.
std::vector<bool> used_values(const Graph& graph) {
  std::vector<bool> used(graph.value_count(), false);
  const auto mark = [&used](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (id != kNoValue) used[static_cast<size_t>(id)] = true;
    }
  };
  mark(graph.inputs);
  mark(graph.outputs);
  for (const NodeId id : graph.live_nodes()) {
    mark(graph.node(id).inputs);
    mark(graph.node(id).outputs);
  }
  return used;
}

void renumber(std::vector<ValueId>& ids, const std::vector<ValueId>& new_ids) {
  for (ValueId& id : ids) {
    if (id != kNoValue) id = new_ids[static_cast<size_t>(id)];
  }
}

}  // namespace

void Graph::compact() {
  const std::vector<bool> used = used_values(*this);
  Graph fresh;
  std::vector<ValueId> new_ids(values_.size(), kNoValue);
  for (size_t i = 0; i < values_.size(); ++i) {
    if (used[i]) new_ids[i] = fresh.add_value(std::move(values_[i]));
  }
  for (Node& old : nodes_) {
    if (old.removed) continue;
    renumber(old.inputs, new_ids);
    renumber(old.outputs, new_ids);
    fresh.add_node(std::move(old));
  }
  renumber(inputs, new_ids);
  renumber(outputs, new_ids);
  fresh.name = std::move(name);
  fresh.inputs = std::move(inputs);
  fresh.outputs = std::move(outputs);
  *this = std::move(fresh);
}

}  // namespace octavo
