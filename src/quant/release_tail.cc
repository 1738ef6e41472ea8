//   Conv -> GlobalAveragePool -> Softmax     becomes     Conv (int8) -> GlobalAveragePool ->
//   Softmax
// What follows the last integer product and is read in float alone works in float: it costs little,
// and eight bits there would round what the user gets, so that classes tie. For the same reason a
// Gemm or MatMul at the end gives floats, which integer engines can do; a Conv they cannot.
#include <algorithm>

#include "graph/ops.h"
#include "quant/stages.h"

namespace octavo {
namespace {

bool gives_float_at_the_end(const Node& node) {
  return info_of(node.op).role != Role::kCompute || node.op == Op::kGemm || node.op == Op::kMatMul;
}

// A clamp that Conv takes in stays there: Conv's output is quantized, so saturation costs nothing.
bool can_be_released(const QuantizeState& state, NodeId id) {
  const Node& node = state.graph.node(id);
  const bool folded = std::find(state.folded.begin(), state.folded.end(), id) != state.folded.end();
  if (!folded) return info_of(node.op).role != Role::kCompute;
  return gives_float_at_the_end(state.graph.node(state.graph.producer(node.inputs[0])));
}

}  // namespace

bool has_quantized_reader(const QuantizeState& state, NodeId id) {
  const std::vector<ValueId>& outputs = state.graph.node(id).outputs;
  return std::any_of(outputs.begin(), outputs.end(), [&](ValueId output) {
    if (output == kNoValue) return false;
    const std::vector<NodeId>& readers = state.graph.consumers(output);
    return std::any_of(readers.begin(), readers.end(),
                       [&](NodeId reader) { return state.is_quantized(reader); });
  });
}

Status release_tail(QuantizeState& state) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (size_t i = order.size(); i-- > 0;) {
    const NodeId id = order[i];
    if (!state.is_quantized(id) || has_quantized_reader(state, id)) continue;
    if (!can_be_released(state, id)) continue;
    state.quantized[static_cast<size_t>(id)] = false;
    std::erase(state.folded, id);
    state.summary[i].quantized = false;
    state.summary[i].reason = "its output is read in float";
  }
  return {};
}

}  // namespace octavo
