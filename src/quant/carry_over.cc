#include "quant/carry_over.h"

#include "graph/ops.h"
#include "quant/corrections/quantized_products.h"

namespace octavo {
namespace {

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
