// What the operators of quantization need of the opset that the file declares.
#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

struct Need {
  int64_t opset;
  const char* what;
};

bool has_16_bits(DType dtype) { return dtype == DType::kInt16 || dtype == DType::kUint16; }

Need need_of(const Graph& graph, const Node& node) {
  if (node.op == Op::kMaxPool) {
    const DType dtype = graph.value(node.inputs[0]).dtype;
    return dtype == DType::kInt8 || dtype == DType::kUint8 ? Need{12, "MaxPool of 8 bits"} : Need{};
  }
  const bool quantizes = node.op == Op::kQuantizeLinear;
  if (!quantizes && node.op != Op::kDequantizeLinear) return {};
  const DType integer = graph.value(quantizes ? node.outputs[0] : node.inputs[0]).dtype;
  if (node.attrs.get_int("block_size", 0) != 0) return {21, "one scale a block"};
  if (has_16_bits(integer)) return {21, "integers of 16 bits"};
  const Tensor* scale = graph.held_constant(node.inputs[1]);
  if (scale && scale->count() > 1) return {13, "one scale a channel"};
  return {10, "QuantizeLinear and DequantizeLinear"};
}

}  // namespace

Status check_opset(Context& context) {
  if (!context.options.opset || context.model.opset == 0) return {};
  for (const NodeId id : context.order) {
    const Node& node = context.graph().node(id);
    const Need need = need_of(context.graph(), node);
    if (node.domain.empty() && need.opset > context.model.opset) {
      context.find("opset", Severity::kError, node,
                   std::string(need.what) + " wants opset " + std::to_string(need.opset) +
                       ", the file says " + std::to_string(context.model.opset),
                   "write it with the newer opset: quantize again with Octavo, which does");
    }
  }
  return {};
}

}  // namespace octavo::lint_rules
