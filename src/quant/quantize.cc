#include "quant/quantize.h"

#include <cassert>
#include <span>

#include "graph/ops.h"
#include "quant/stages.h"

namespace octavo {
namespace {

using Stage = Status (*)(QuantizeState&);

constexpr Stage kStatic[] = {
    choose_nodes,   release_tail, replace_conv_by_gemm, fold_clamps,   assign_params,
    assign_weights, insert_qdq,   quantize_weights,     quantize_bias, share_scales,
};

constexpr Stage kDynamic[] = {choose_dynamic, quantize_dynamic};
constexpr Stage kWeightOnly[] = {choose_weights, quantize_weight_only};
constexpr Stage kFloat16[] = {choose_weights, store_halves};

std::span<const Stage> stages_of(Scheme scheme) {
  switch (scheme) {
    case Scheme::kDynamic:
      return kDynamic;
    case Scheme::kWeightOnly:
      return kWeightOnly;
    case Scheme::kFloat16:
      return kFloat16;
    default:
      return kStatic;
  }
}

}  // namespace

Status check_is_float(const Graph& graph) {
  for (NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (!is_of_quantized_models(node.op)) continue;
    return {ErrorCode::kInvalidArgument,
            "the model is already quantized; give the float model that it was made from",
            describe(node)};
  }
  return {};
}

Result<QuantizeResult> quantize(const Graph& graph, const Ranges& ranges, const Recipe& recipe) {
  OCTAVO_RETURN_IF_ERROR(validate(recipe));
  OCTAVO_RETURN_IF_ERROR(check_is_float(graph));
  QuantizeResult result{graph, {}};
  QuantizeState state{result.graph, ranges, recipe, {}, {}, {}, {}};
  for (const Stage stage : stages_of(recipe.scheme)) {
    OCTAVO_RETURN_IF_ERROR(stage(state));
    assert(result.graph.validate().ok());
  }
  result.graph.compact();
  result.nodes = std::move(state.summary);
  return result;
}

}  // namespace octavo
