// Gives the constants of marked nodes their scales: weights int8 symmetric, other constants (one
// side of an Add, say) like activations.
#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/ops.h"
#include "quant/compute_layout.h"
#include "quant/params.h"
#include "quant/six_bits.h"
#include "quant/stages.h"
#include "quant/weight_scales.h"

namespace octavo {
namespace {

// Widens the scales under which a bias would leave int32. Weights so small that their bias dwarfs
// them lose nothing that would be seen in the sum.
void fit_bias(const Tensor& bias, float input_scale, std::vector<float>& scales) {
  const std::span<const float> values = bias.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    float& scale = scales[i % scales.size()];
    const double least = std::fabs(static_cast<double>(values[i])) / (kLargestBias * input_scale);
    const double smallest = static_cast<double>(std::numeric_limits<float>::min()) / input_scale;
    scale = static_cast<float>(std::max({static_cast<double>(scale), least, smallest}));
  }
}

// A constant with two readers that want different scales becomes two (the data stays shared).
void claim_constant(Graph& graph, NodeId node, size_t input, QuantParams params) {
  const ValueId id = graph.node(node).inputs[input];
  Value& value = graph.value(id);
  if (value.quant && *value.quant != params) {
    Value copy = value;
    copy.quant = std::move(params);
    graph.set_input(node, input, graph.add_value(std::move(copy)));
  } else {
    value.quant = std::move(params);
  }
}

Status assign_compute(QuantizeState& state, NodeId id) {
  Graph& graph = state.graph;
  const Node& node = graph.node(id);
  const ComputeLayout layout = *compute_layout(graph, node);
  OCTAVO_ASSIGN_OR_RETURN(const Tensor weights, finite_constant(graph, node, node.inputs[1]));
  const auto trained = state.trained.weights.find(node.name);
  QuantParams params =
      trained == state.trained.weights.end()
          ? scales_of_weights(weights, layout.axis, state.recipe.weights, state.recipe)
          : scales_now(trained->second, weights, layout.axis);
  const auto given = state.ranges.find(graph.value(node.inputs[1]).name);  // by a table
  if (given != state.ranges.end() && !given->second.magnitudes.empty()) {
    params = weight_params(given->second.magnitudes, layout.axis);
  }
  if (state.recipe.six_bit_3x3 && takes_six_bits(graph, node)) narrow_to_six_bits(params);
  const bool has_integer_bias = state.recipe.activations != DType::kInt16;
  if (has_integer_bias && node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    OCTAVO_ASSIGN_OR_RETURN(const Tensor bias, finite_constant(graph, node, node.inputs[2]));
    fit_bias(bias, graph.value(node.inputs[0]).quant->scale[0], params.scale);
  }
  claim_constant(graph, id, 1, std::move(params));
  return {};
}

Status assign_operands(QuantizeState& state, NodeId id) {
  Graph& graph = state.graph;
  for (size_t i = 0; i < graph.node(id).inputs.size(); ++i) {
    const ValueId input = graph.node(id).inputs[i];
    if (!graph.is_constant(input)) continue;
    OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, finite_constant(graph, graph.node(id), input));
    const Range range = extremes_of(tensor.values<float>());
    claim_constant(graph, id, i, activation_params(range, ActivationType(state.recipe)));
  }
  return {};
}

}  // namespace

Status assign_weights(QuantizeState& state) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (NodeId id : order) {
    if (!state.is_quantized(id)) continue;
    switch (info_of(state.graph.node(id).op).role) {
      case Role::kCompute:
        OCTAVO_RETURN_IF_ERROR(assign_compute(state, id));
        break;
      case Role::kBinary:
      case Role::kConcat:
        OCTAVO_RETURN_IF_ERROR(assign_operands(state, id));
        break;
      default:
        break;
    }
  }
  return {};
}

}  // namespace octavo
