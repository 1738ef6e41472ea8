#include <algorithm>

#include "graph/graph.h"

namespace octavo {
namespace {

Status fault(const std::string& message, const std::string& where) {
  return {ErrorCode::kInternal, message, where};
}

Status check_ids(const Graph& graph, const std::vector<ValueId>& ids, bool may_be_left_out,
                 const std::string& where) {
  const auto count = static_cast<ValueId>(graph.value_count());
  for (const ValueId id : ids) {
    if (id == kNoValue && may_be_left_out) continue;
    if (id < 0 || id >= count)
      return fault("value id " + std::to_string(id) + " is out of range", where);
  }
  return {};
}

Status check_all_ids(const Graph& graph) {
  OCTAVO_RETURN_IF_ERROR(check_ids(graph, graph.inputs, false, "graph inputs"));
  OCTAVO_RETURN_IF_ERROR(check_ids(graph, graph.outputs, false, "graph outputs"));
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    OCTAVO_RETURN_IF_ERROR(check_ids(graph, node.inputs, true, describe(node)));
    OCTAVO_RETURN_IF_ERROR(check_ids(graph, node.outputs, true, describe(node)));
  }
  return {};
}

// Producers and consumers as the nodes tell them.
struct Links {
  std::vector<NodeId> producer;
  std::vector<std::vector<NodeId>> consumers;
};

Result<Links> links_of(const Graph& graph) {
  Links links{std::vector<NodeId>(graph.value_count(), kNoNode),
              std::vector<std::vector<NodeId>>(graph.value_count())};
  for (const NodeId id : graph.live_nodes()) {
    for (const ValueId input : graph.node(id).inputs) {
      if (input != kNoValue) links.consumers[static_cast<size_t>(input)].push_back(id);
    }
    for (const ValueId output : graph.node(id).outputs) {
      if (output == kNoValue) continue;
      NodeId& producer = links.producer[static_cast<size_t>(output)];
      if (producer != kNoNode) {
        return fault("two nodes produce value '" + graph.value(output).name + "'",
                     describe(graph.node(id)));
      }
      producer = id;
    }
  }
  return links;
}

Status check_value(const Graph& graph, ValueId id, NodeId producer, std::vector<NodeId>& consumers,
                   bool is_input, bool is_output) {
  const Value& value = graph.value(id);
  const std::string where = "value '" + value.name + "'";
  if (graph.find_value(value.name) != id) return fault("its name leads elsewhere", where);
  if (graph.producer(id) != producer) return fault("its producer is out of step", where);
  std::vector<NodeId> known = graph.consumers(id);
  std::sort(known.begin(), known.end());
  if (known != consumers) return fault("its consumers are out of step", where);  // both ascending
  const int sources = (producer != kNoNode) + (value.constant != nullptr) + is_input;
  if (sources > 1) return fault("it has more than one source", where);
  if (sources == 0 && (is_output || !consumers.empty())) return fault("nothing provides it", where);
  return {};
}

std::vector<bool> flags_of(const std::vector<ValueId>& ids, size_t count) {
  std::vector<bool> flags(count, false);
  for (const ValueId id : ids) flags[static_cast<size_t>(id)] = true;
  return flags;
}

}  // namespace

Status Graph::validate() const {
  OCTAVO_RETURN_IF_ERROR(check_all_ids(*this));
  OCTAVO_ASSIGN_OR_RETURN(Links links, links_of(*this));
  const std::vector<bool> input = flags_of(inputs, values_.size());
  const std::vector<bool> output = flags_of(outputs, values_.size());
  for (size_t i = 0; i < values_.size(); ++i) {
    OCTAVO_RETURN_IF_ERROR(check_value(*this, static_cast<ValueId>(i), links.producer[i],
                                       links.consumers[i], input[i], output[i]));
  }
  return {};
}

}  // namespace octavo
