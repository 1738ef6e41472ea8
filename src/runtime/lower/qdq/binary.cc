//   DQ(a), DQ(b) -> Add | Mul [-> Relu | Clip] -> Q
//   QLinearAdd | QLinearMul(a, b)
//
// Not where an operand is float, or where someone else reads the float result.
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {

Result<bool> lower_binary(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto operands = all_behind_dequantize(graph, node);
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!operands || !end) return false;
  for (const Dequantized& operand : *operands) annotate(graph, operand);
  const Op op = node.op == Op::kAdd ? Op::kQLinearAdd : Op::kQLinearMul;
  make_8bit(graph, *end);
  replace_node(graph, id, op, {(*operands)[0].value, (*operands)[1].value}, {end->value});
  return true;
}

}  // namespace octavo
