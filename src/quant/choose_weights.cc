// Marks the nodes whose weights become small while their arithmetic stays in float.
#include "quant/stages.h"
#include "quant/weight_forms.h"

namespace octavo {
namespace {

bool has_weights(Op op) {
  switch (op) {
    case Op::kConv:
    case Op::kConvTranspose:
    case Op::kGRU:
    case Op::kGather:
    case Op::kGemm:
    case Op::kLSTM:
    case Op::kMatMul:
      return true;
    default:
      return false;
  }
}

// Why the weights stay as they are; empty where they do not.
std::string refuse(const QuantizeState& state, const Node& node) {
  if (!has_weights(node.op)) return node.op_type + " has no weights";
  const std::string by = excluded_by(state.recipe, state.graph, node);
  if (!by.empty()) return "excluded by '" + by + "'";
  if (weight_forms(state.graph, node).empty()) {
    return "its weights are not float constants of known form";
  }
  return {};
}

}  // namespace

Status choose_weights(QuantizeState& state) { return mark_unless(state, refuse); }

}  // namespace octavo
