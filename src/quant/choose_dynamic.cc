// Marks the nodes that can quantize their input while running: products and convolutions of floats
// and constant weights for which ONNX, or ONNX Runtime, has such an operator. Of GRU, for which
// there is none, and of Gather, which multiplies nothing, the weights become int8.
#include "quant/compute_layout.h"
#include "quant/stages.h"
#include "quant/weight_forms.h"

namespace octavo {
namespace {

// Why the node stays in float; empty where it does not.
using Refusal = std::string;

bool is_float_constant(const Graph& graph, const Node& node, size_t input) {
  const Constant* constant =
      input < node.inputs.size() ? graph.constant(node.inputs[input]) : nullptr;
  return constant && constant->dtype() == DType::kFloat32 && constant->count() > 0;
}

Refusal refuse_product(const Graph& graph, const Node& node) {
  if (!compute_layout(graph, node))
    return node.op == Op::kConv ? "its weights are not constant"
                                : "its weights are not a constant matrix";
  if (node.op == Op::kConv) {
    const bool known =
        node.inputs.size() < 3 || node.inputs[2] == kNoValue || is_float_constant(graph, node, 2);
    return known ? Refusal() : "its bias is not constant";
  }
  const bool plain = node.attrs.get_int("transA", 0) == 0 &&
                     node.attrs.get_float("alpha", 1) == 1 && node.attrs.get_float("beta", 1) == 1;
  return plain ? Refusal() : "integer Gemm needs transA 0, alpha 1 and beta 1";
}

Refusal refuse_lstm(const Graph& graph, const Node& node) {
  if (!is_float_constant(graph, node, 1) || !is_float_constant(graph, node, 2)) {
    return "its weights are not constant";
  }
  if (node.attrs.get_int("layout", 0) != 0) {
    return "there is no dynamic LSTM whose batch comes first (layout 1)";
  }
  return {};
}

Refusal refuse(const QuantizeState& state, const Node& node) {
  const Graph& graph = state.graph;
  const bool is_product = node.op == Op::kMatMul || node.op == Op::kGemm || node.op == Op::kConv;
  if (node.op == Op::kConvTranspose) {
    return "ONNX has no ConvTranspose of integers; the static scheme quantizes it";
  }
  const bool has_weights_alone = node.op == Op::kGRU || node.op == Op::kGather;
  if (!is_product && !has_weights_alone && node.op != Op::kLSTM)
    return node.op_type + " stays in float";
  if (const std::string by = excluded_by(state.recipe, graph, node); !by.empty()) {
    return "excluded by '" + by + "'";
  }
  if (has_weights_alone) {
    const bool known = !weight_forms(graph, node).empty();
    return known ? Refusal() : "its weights are not float constants of known form";
  }
  if (is_product && node.outputs[0] == kNoValue) return "its output is not used";
  if (graph.is_constant(node.inputs[0])) return "its input is constant";
  if (graph.value(node.inputs[0]).dtype != DType::kFloat32) return "its input is not float32";
  return is_product ? refuse_product(graph, node) : refuse_lstm(graph, node);
}

}  // namespace

Status choose_dynamic(QuantizeState& state) { return mark_unless(state, refuse); }

}  // namespace octavo
