//   DQ(a), DQ(b), ... -> Concat [-> Relu | Clip] -> Q
//   QLinearConcat(a, b, ...)
//
// Inputs whose scale is not the output's are requantized on the way.
// Not where an input is float, or where someone else reads the float result.
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {

Result<bool> lower_concat(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto parts = all_behind_dequantize(graph, node);
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!parts || !end) return false;
  std::vector<ValueId> inputs;
  for (const Dequantized& part : *parts) {
    annotate(graph, part);
    inputs.push_back(part.value);
  }
  make_8bit(graph, *end);
  replace_node(graph, id, Op::kQLinearConcat, std::move(inputs), {end->value});
  return true;
}

}  // namespace octavo
