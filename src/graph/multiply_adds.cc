#include "graph/multiply_adds.h"

namespace octavo {
namespace {

bool is_product(Op op) {
  return op == Op::kConv || op == Op::kConvTranspose || op == Op::kGemm || op == Op::kMatMul ||
         op == Op::kQLinearConv || op == Op::kQLinearGemm || op == Op::kMatMulInteger ||
         op == Op::kMatMulIntegerToFloat || op == Op::kConvInteger || op == Op::kConvIntegerToFloat;
}

}  // namespace

int64_t multiply_adds(const Graph& graph, const Node& node) {
  if (!is_product(node.op) || node.inputs.size() < 2) return 0;
  const auto& y = graph.value(node.outputs[0]).shape;
  const auto& x = graph.value(node.inputs[0]).shape;
  const auto& w = graph.value(node.inputs[1]).shape;
  if (!y || !x || !w || !y->is_static() || !x->is_static() || y->count() == 0) return 0;
  switch (node.op) {
    case Op::kConv:
    case Op::kQLinearConv:
    case Op::kConvInteger:
    case Op::kConvIntegerToFloat:
      return y->count() * (w->count() / (*w)[0]);
    case Op::kConvTranspose:
      return x->count() * (w->count() / (*w)[0]);
    default:
      return y->count() * (*x)[x->rank() - 1];
  }
}

}  // namespace octavo
