#include "quant/quantize.h"

#include <cassert>

#include "quant/stages.h"

namespace octavo {
namespace {

constexpr Status (*kStages[])(QuantizeState&) = {
    choose_nodes,   release_tail, replace_conv_by_gemm, fold_clamps,   assign_params,
    assign_weights, insert_qdq,   quantize_weights,     quantize_bias, share_scales,
};

Status check_is_float(const Graph& graph) {
  for (NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.op != Op::kQuantizeLinear && node.op != Op::kDequantizeLinear) continue;
    return {ErrorCode::kInvalidArgument,
            "the model is already quantized; give the float model that it was made from",
            describe(node)};
  }
  return {};
}

}  // namespace

Result<QuantizeResult> quantize(const Graph& graph, const Ranges& ranges, const Recipe& recipe) {
  OCTAVO_RETURN_IF_ERROR(validate(recipe));
  OCTAVO_RETURN_IF_ERROR(check_is_float(graph));
  QuantizeResult result{graph, {}};
  QuantizeState state{result.graph, ranges, recipe, {}, {}, {}, {}};
  for (const auto stage : kStages) {
    OCTAVO_RETURN_IF_ERROR(stage(state));
    assert(result.graph.validate().ok());
  }
  result.graph.compact();
  result.nodes = std::move(state.summary);
  return result;
}

}  // namespace octavo
