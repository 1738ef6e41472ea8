//   w (float)   becomes   w_q (int8) -> DequantizeLinear
// for every constant that has Value::quant, where a marked node reads it. Readers in float keep w.
#include "quant/quantize_constant.h"
#include "quant/round_weights.h"
#include "quant/stages.h"

namespace octavo {
namespace {

// Weights are symmetric; the constant side of an Add and the like is asymmetric, as activations
// are.
Tensor to_integers(const Tensor& constant, const QuantParams& params) {
  const bool is_weight = params.qmin == -params.qmax;
  return is_weight ? round_weights(constant, params) : quantize_tensor(constant, params);
}

}  // namespace

Status quantize_weights(QuantizeState& state) {
  Graph& graph = state.graph;
  const auto count = static_cast<ValueId>(graph.value_count());
  for (ValueId id = 0; id < count; ++id) {
    const std::optional<QuantParams> params = graph.value(id).quant;
    // Integers have Value::quant too: those that insert_qdq made.
    if (!params || graph.value(id).dtype != DType::kFloat32) continue;
    graph.value(id).quant.reset();
    const std::string stem = graph.value(id).name;
    OCTAVO_ASSIGN_OR_RETURN(const Tensor real, graph.constant(id)->read());
    const ValueId dequantized =
        add_quantized_constant(graph, stem, to_integers(real, *params), *params);
    replace_in_quantized_readers(state, id, dequantized);
  }
  return {};
}

}  // namespace octavo
