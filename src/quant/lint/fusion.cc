// Islands of DequantizeLinear -> op -> QuantizeLinear that ONNX Runtime's CPU provider does not
// turn into one integer operator: it computes them in float between the two. The table and
// conditions are those of its qdq_selectors.cc and qdq_selector_action_transformer.cc.
#include <algorithm>

#include "graph/ops.h"
#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

enum class Form {
  kConv,       // integers at both ends, bias int32
  kProduct,    // may give floats
  kSameType,   // all inputs and the output of one type
  kSameScale,  // and of one scale and zero point: the pair around it is dropped
};

struct Fused {
  Op op;
  Form form;
};
constexpr Fused kFused[] = {
    {Op::kConv, Form::kConv},
    {Op::kGemm, Form::kProduct},
    {Op::kMatMul, Form::kProduct},
    {Op::kAdd, Form::kSameType},
    {Op::kMul, Form::kSameType},
    {Op::kConcat, Form::kSameType},
    {Op::kWhere, Form::kSameType},
    {Op::kAveragePool, Form::kSameType},
    {Op::kGlobalAveragePool, Form::kSameType},
    {Op::kLeakyRelu, Form::kSameType},
    {Op::kSigmoid, Form::kSameType},
    {Op::kSoftmax, Form::kSameType},
    {Op::kResize, Form::kSameScale},
};

// What only moves elements costs little as floats; scales that differ cost accuracy too.
std::optional<Form> form_of(Op op) {
  if (info_of(op).role == Role::kShare) return Form::kSameScale;
  const auto found = std::find_if(std::begin(kFused), std::end(kFused),
                                  [=](const Fused& fused) { return fused.op == op; });
  return found == std::end(kFused) ? std::nullopt : std::optional(found->form);
}

// Of the integers behind a DequantizeLinear; kUnknown where there is none.
DType integer_type(const Graph& graph, ValueId value) {
  const Node* dequantize = dequantize_before(graph, value);
  return dequantize ? graph.value(dequantize->inputs[0]).dtype : DType::kUnknown;
}

bool has_16_bits(DType dtype) { return dtype == DType::kInt16 || dtype == DType::kUint16; }

// The QuantizeLinear that alone reads the output, Relu and Clip between them; null: none.
const Node* quantize_behind(const Graph& graph, ValueId output) {
  for (ValueId value = output;;) {
    const NodeId next = graph.only_consumer(value);
    if (next == kNoNode) return nullptr;
    const Node& node = graph.node(next);
    if (node.op == Op::kQuantizeLinear && node.inputs[0] == value) return &node;
    if (!bounds_of(graph, node)) return nullptr;
    value = node.outputs[0];
  }
}

// Floats that the node itself computes with: data, not axes and the like.
std::vector<ValueId> data_inputs(const Graph& graph, const Node& node) {
  std::vector<ValueId> data;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const bool bias = i == 2 && is_product(node);
    if (node.inputs[i] == kNoValue || bias) continue;
    if (graph.value(node.inputs[i]).dtype == DType::kFloat32) data.push_back(node.inputs[i]);
  }
  return node.op == Op::kResize && !data.empty() ? std::vector{data[0]} : data;
}

// Why a node stays float; empty texts where it does not.
struct Fault {
  std::string text;
  std::string remedy;
};

Fault fault_of_bias(const Graph& graph, const Node& node) {
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
  if (!has_bias || integer_type(graph, node.inputs[2]) == DType::kInt32) return {};
  return {"its bias is not int32 behind a DequantizeLinear",
          "store the bias as int32, its scale that of the input times that of the weights"};
}

Fault fault_of_types(const Graph& graph, const Node& node) {
  const DType x = integer_type(graph, node.inputs[0]), w = integer_type(graph, node.inputs[1]);
  if (x == DType::kInt8 && w != DType::kInt8) {
    return {"int8 activations want int8 weights", "store the weights as int8"};
  }
  return {};
}

Fault fault_of_ends(const Graph& graph, const Node& node, bool one_type, bool one_scale) {
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!end) {
    return {"its output is not read by one QuantizeLinear of one scale alone",
            "quantize what reads it too, or leave it in float (--exclude '" + node.name + "')"};
  }
  const QuantParams whole = *params_of(graph, graph.node(end->quantize));
  if (end->quant.qmin != whole.qmin || end->quant.qmax != whole.qmax) {
    return {"the " + graph.node(end->clamps.front()).op_type +
                " behind it cuts what its QuantizeLinear would let through, and stays between them",
            "choose a range that ends where the clamp does"};
  }
  const auto inputs = data_inputs(graph, node);
  for (const ValueId input : one_type ? inputs : std::vector{inputs[0]}) {
    if (integer_type(graph, input) != end->quant.dtype) {
      return {"its input and output are integers of different types",
              "use one type for all activations"};
    }
    const auto x = behind_dequantize(graph, input);
    if (one_scale && x && !same_scale(x->quant, end->quant)) {
      return {"it only moves elements, but its input and output have different scales",
              "give its output the scale and zero point of its input"};
    }
  }
  return {};
}

Fault fault_of(const Graph& graph, const Node& node, Form form) {
  if (form == Form::kSameType) return fault_of_ends(graph, node, true, false);
  if (form == Form::kSameScale) return fault_of_ends(graph, node, true, true);
  if (Fault fault = fault_of_bias(graph, node); !fault.text.empty()) return fault;
  if (Fault fault = fault_of_types(graph, node); !fault.text.empty()) return fault;
  const bool may_be_float = form == Form::kProduct && !quantize_behind(graph, node.outputs[0]);
  return may_be_float ? Fault() : fault_of_ends(graph, node, false, false);
}

// An operator for which there is nothing else to do is worth a note.
void report(Context& context, const Node& node, const Fault& fault, Severity severity) {
  if (fault.text.empty()) return;
  context.find("not_fused", severity, node,
               "ONNX Runtime computes this " + node.op_type + " in float: " + fault.text,
               fault.remedy);
}

// Meant for integers: all of its data comes from integers, and what it gives goes to integers, or
// it is a convolution, whose weights are not made integers for anything else.
bool is_island(const Graph& graph, const Node& node) {
  const std::vector<ValueId> data = data_inputs(graph, node);
  const auto behind = [&](ValueId x) { return dequantize_before(graph, x) != nullptr; };
  if (data.empty() || !std::all_of(data.begin(), data.end(), behind)) return false;
  return is_product(node) || quantize_behind(graph, node.outputs[0]) != nullptr;
}

}  // namespace

Status check_fusion(Context& context) {
  const Graph& graph = context.graph();
  for (const NodeId id : context.order) {
    const Node& node = graph.node(id);
    const bool carries = node.op == Op::kQuantizeLinear || node.op == Op::kDequantizeLinear;
    if (carries || node.outputs.empty() || node.outputs[0] == kNoValue) continue;
    if (bounds_of(graph, node) || !is_island(graph, node)) continue;
    const std::optional<Form> form = form_of(node.op);
    const Fault unknown = {"it has no integer form of this operator",
                           "leave it in float (--exclude-op " + node.op_type +
                               "), or let it be: only its speed is at stake"};
    const Fault wide = {"it has no kernel for 16 bits",
                        "keep 16 bits to where accuracy needs them"};
    if (has_16_bits(integer_type(graph, node.inputs[0]))) {
      report(context, node, wide, Severity::kNote);
    } else if (!form) {
      report(context, node, unknown, Severity::kNote);
    } else {
      report(context, node, fault_of(graph, node, *form), Severity::kWarning);
    }
  }
  return {};
}

}  // namespace octavo::lint_rules
