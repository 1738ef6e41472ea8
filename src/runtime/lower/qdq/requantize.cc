//   DQ(x) -> Q
//   x                             where the scales are the same
//   Requantize(x)                 where they are not
//
// Not where x is constant: that is weights, which others look at.
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {

Result<bool> lower_requantize(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  const auto quant = params_of(graph, node);
  if (!x || !quant || !quant->per_tensor() || graph.is_constant(x->value)) return false;
  const ValueId output = node.outputs[0];
  annotate(graph, *x);
  const bool both_named =
      graph.is_output(output) && (graph.is_input(x->value) || graph.is_output(x->value));
  if (same_scale(*quant, x->quant) && !both_named) {
    graph.remove_node(id);
    graph.replace_uses(output, x->value);
    return true;
  }
  graph.value(output).quant = quant;
  replace_node(graph, id, Op::kRequantize, {x->value}, {output});
  return true;
}

}  // namespace octavo
