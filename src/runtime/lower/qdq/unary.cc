//   DQ(x) -> f [-> Relu | Clip] -> Q
//   QLinearUnary(x)               table[q] = quantize(f(dequantize(q)))
//
// f is any function of one element: the float operator itself computes the 256 results. Its other
// inputs, if any (limits, an exponent, the other operand of Add), are constants of one element.
// Not where x is not the only input that is not constant, or someone else reads the float result.
#include "base/rounding.h"
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"
#include "runtime/plan.h"

namespace octavo {
namespace {

Tensor dequantized_bytes(const QuantParams& quant) {
  std::vector<float> reals;
  for (int32_t byte = 0; byte < 256; ++byte) {
    const int32_t q = quant.dtype == DType::kInt8 ? static_cast<int8_t>(byte) : byte;
    reals.push_back(dequantize_value(q, quant.scale[0], quant.zero_point[0]));
  }
  return Tensor::from(reals, Shape{256});
}

Tensor quantized_bytes(const Tensor& reals, const QuantParams& quant) {
  std::vector<uint8_t> bytes;
  for (const float x : reals.values<float>()) {
    bytes.push_back(static_cast<uint8_t>(
        quantize_value(x, quant.scale[0], quant.zero_point[0], quant.qmin, quant.qmax)));
  }
  return Tensor::from(bytes, Shape{256});
}

// The one input that is not a constant of one element; nullopt where there are none or several.
std::optional<size_t> variable_input(const Graph& graph, const Node& node) {
  std::optional<size_t> found;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    const Constant* constant = graph.constant(node.inputs[i]);
    if (constant && constant->count() == 1) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

}  // namespace

Result<bool> lower_unary(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const std::optional<size_t> input = variable_input(graph, node);
  const auto x = input ? behind_dequantize(graph, node.inputs[*input]) : std::nullopt;
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!x || !end || graph.value(x->value).shape != graph.value(node.outputs[0]).shape) return false;

  std::vector<ConstantPtr> inputs;
  for (const ValueId value :
       node.inputs) {  // an operand of shape [1, 1] must not stretch the table
    const Constant* constant = graph.constant(value);
    inputs.push_back(constant ? share(constant->reshaped(Shape{})) : nullptr);
  }
  inputs[*input] = share(dequantized_bytes(x->quant));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> results, evaluate_node(node, inputs));
  if (results[0].dtype() != DType::kFloat32 || results[0].count() != 256) return false;

  annotate(graph, *x);
  make_8bit(graph, *end);
  const NodeId lowered = replace_node(graph, id, Op::kQLinearUnary, {x->value}, {end->value});
  graph.node(lowered).attrs = {};
  graph.node(lowered).attrs.set("table", share(quantized_bytes(results[0], end->quant)));
  return true;
}

}  // namespace octavo
