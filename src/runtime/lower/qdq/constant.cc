//   node(constants)
//   constants                     weights that a model quantizes, or transposes, while running
//
// Not where an input is computed, scale and zero point included.
#include "runtime/lower/qdq/patterns.h"
#include "runtime/plan.h"

namespace octavo {

Result<bool> lower_constant(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  for (const ValueId input : node.inputs) {
    if (input != kNoValue && !graph.is_constant(input)) return false;
  }
  OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> results,
                          evaluate_node(node, graph.constants(node.inputs)));
  graph.remove_node(id);
  for (size_t i = 0; i < results.size(); ++i) {
    if (node.outputs[i] == kNoValue) continue;
    Value& value = graph.value(node.outputs[i]);
    value.dtype = results[i].dtype();
    value.shape = results[i].shape();
    value.constant = share(std::move(results[i]));
  }
  return true;
}

}  // namespace octavo
