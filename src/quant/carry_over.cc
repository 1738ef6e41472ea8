#include "quant/carry_over.h"

#include "graph/ops.h"

namespace octavo {
namespace {

// The constant of integers behind an input; kNoValue where there is none.
ValueId integers_behind(const Graph& graph, const Node& node, size_t input) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return kNoValue;
  const NodeId producer = graph.producer(node.inputs[input]);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return kNoValue;
  const ValueId integers = graph.node(producer).inputs[0];
  return graph.is_constant(integers) && graph.value(integers).quant ? integers : kNoValue;
}

bool is_product(const Node& node) { return info_of(node.op).role == Role::kCompute; }

}  // namespace

void carry_over_corrections(const Graph& from, Graph& to) {
  std::map<std::string, NodeId> products;
  for (const NodeId id : from.live_nodes()) {
    if (is_product(from.node(id))) products.emplace(from.node(id).name, id);
  }
  for (const NodeId id : to.live_nodes()) {
    const auto found = products.find(to.node(id).name);
    if (!is_product(to.node(id)) || found == products.end()) continue;
    for (const size_t input : {1, 2}) {
      const ValueId source = integers_behind(from, from.node(found->second), input);
      const ValueId target = integers_behind(to, to.node(id), input);
      if (source == kNoValue || target == kNoValue) continue;
      const Value& corrected = from.value(source);
      const bool fits = corrected.quant == to.value(target).quant &&
                        corrected.constant->shape() == to.value(target).constant->shape();
      if (fits) to.value(target).constant = corrected.constant;
    }
  }
}

}  // namespace octavo
