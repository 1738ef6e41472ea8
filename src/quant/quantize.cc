#include "quant/quantize.h"

#include <algorithm>
#include <cassert>
#include <span>

#include "graph/ops.h"
#include "passes/pass.h"
#include "quant/clamps.h"
#include "quant/stages.h"
#include "runtime/plan.h"

namespace octavo {
namespace {

constexpr const char* kTraining = "training";  // where a range comes from

using Stage = Status (*)(QuantizeState&);

constexpr Stage kStatic[] = {
    choose_nodes,   release_tail, replace_conv_by_gemm, fold_clamps,   assign_params,
    assign_weights, insert_qdq,   quantize_weights,     quantize_bias, share_scales,
};

constexpr Stage kDynamic[] = {choose_dynamic, quantize_dynamic, quantize_weight_only};
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

// What a Relu or Clip cuts off is known, where training quantized before it and not behind it.
void cut_ranges(const Graph& graph, const std::vector<NodeId>& order, Ranges& ranges) {
  for (const NodeId id : order) {
    const Node& node = graph.node(id);
    const std::optional<Range> bounds = clamp_bounds(graph, node);
    if (!bounds || bounds->max < bounds->min) continue;
    const auto before = ranges.find(graph.value(node.inputs[0]).name);
    if (before == ranges.end() || before->second.observer != kTraining) continue;
    const Range in = before->second.range;
    const Range out = {std::clamp(in.min, bounds->min, bounds->max),
                       std::clamp(in.max, bounds->min, bounds->max)};
    ranges.emplace(graph.value(node.outputs[0]).name, ValueRange{out, 0, kTraining});
  }
}

// Takes out what training put in; its ranges join those of calibration and win.
Status adopt_training(QuantizeState& state, Ranges& ranges) {
  if (!is_fake_quantized(state.graph)) return {};
  OCTAVO_ASSIGN_OR_RETURN(state.trained, take_out_fake_quant(state.graph));
  for (const auto& [name, params] : state.trained.activations) {
    ranges[name] = {range_of(params), 0, kTraining};
  }
  OCTAVO_RETURN_IF_ERROR(run_passes(state.graph, standard_passes(), {evaluate_node}).status());
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  cut_ranges(state.graph, order, ranges);
  return {};
}

}  // namespace

Status check_is_float(const Graph& graph) {
  if (is_fake_quantized(graph)) return {};
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
  Ranges all_ranges = ranges;
  QuantizeState state{result.graph, all_ranges, recipe, {}, {}, {}, {}, {}};
  OCTAVO_RETURN_IF_ERROR(adopt_training(state, all_ranges));
  for (const Stage stage : stages_of(recipe.scheme)) {
    OCTAVO_RETURN_IF_ERROR(stage(state));
    assert(result.graph.validate().ok());
  }
  result.graph.compact();
  result.nodes = std::move(state.summary);
  return result;
}

}  // namespace octavo
