//   Conv(x, w, b)   becomes   Conv(x, w, DequantizeLinear(b_q))
// b_q is int32 with scale s_x * s_w and zero point 0: the unit of the products it is added
// to. Between activations of 16 bits, which engines multiply in float, it stays as it is.
#include <limits>

#include "graph/ops.h"
#include "quant/compute_layout.h"
#include "quant/quantize_constant.h"
#include "quant/stages.h"

namespace octavo {
namespace {

// Of the integers behind a DequantizeLinear.
const QuantParams& params_behind(const Graph& graph, ValueId dequantized) {
  return *graph.value(graph.node(graph.producer(dequantized)).inputs[0]).quant;
}

QuantParams bias_params(const QuantParams& input, const QuantParams& weights, int64_t outputs) {
  QuantParams params;
  params.dtype = DType::kInt32;
  params.qmin = -std::numeric_limits<int32_t>::max();
  params.qmax = std::numeric_limits<int32_t>::max();
  const size_t count = weights.per_tensor() ? 1 : static_cast<size_t>(outputs);
  for (size_t i = 0; i < count; ++i) {
    params.scale.push_back(input.scale[0] * weights.scale[i % weights.scale.size()]);
  }
  params.zero_point.assign(count, 0);
  return params;
}

bool has_bias(const Node& node) {
  return info_of(node.op).role == Role::kCompute && node.inputs.size() > 2 &&
         node.inputs[2] != kNoValue;
}

}  // namespace

Status quantize_bias(QuantizeState& state) {
  if (state.recipe.activations == DType::kInt16) return {};
  Graph& graph = state.graph;
  for (NodeId id = 0; id < static_cast<NodeId>(state.quantized.size()); ++id) {
    if (!state.is_quantized(id) || !has_bias(graph.node(id))) continue;
    const Node& node = graph.node(id);
    const Value bias = graph.value(node.inputs[2]);
    const int64_t outputs = bias.constant->count();
    const QuantParams params = bias_params(params_behind(graph, node.inputs[0]),
                                           params_behind(graph, node.inputs[1]), outputs);
    OCTAVO_ASSIGN_OR_RETURN(const Tensor real, bias.constant->read());
    const Tensor flat = real.reshaped(Shape{outputs});  // Gemm allows [1, outputs]
    graph.set_input(
        id, 2, add_quantized_constant(graph, bias.name, quantize_tensor(flat, params), params));
  }
  return {};
}

}  // namespace octavo
