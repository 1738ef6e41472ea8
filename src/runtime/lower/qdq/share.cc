//   DQ(x) -> MaxPool -> Q
//   MaxPool(x)                    in 8 bits, where the scales are the same
//   MaxPool(x) -> Requantize      where they are not, or a Relu follows
//
//   DQ(x) -> MaxPool -> ...
//   MaxPool(x) -> DQ -> ...       where no Q follows: the next operator may look through DQ
//
//   DQ(x) -> Pad(v) -> Q
//   Pad(x, quantized v)           and so on, in constant mode
//
// MaxPool stands for all operators that move or select elements; each output of a Split is on its
// own. Not where a MaxPool gives indices, nor where Pad's value is computed, or is neither 0 nor of
// the scale of x.
#include <algorithm>

#include "base/rounding.h"
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {
namespace {

void add_requantize(Graph& graph, const std::string& name, ValueId from, ValueId to) {
  Node node;
  node.op = Op::kRequantize;
  node.op_type = name_of(node.op);
  node.name = name + "_requantize";
  node.inputs = {from};
  node.outputs = {to};
  graph.add_node(std::move(node));
}

void add_dequantize(Graph& graph, const std::string& name, const Node& like, ValueId from,
                    ValueId to) {
  Node node = like;
  node.name = name + "_dequantize";
  node.inputs[0] = from;
  node.outputs = {to};
  graph.add_node(std::move(node));
}

bool keeps_scale(const QuantizedEnd& end, const QuantParams& quant) {
  return end.clamps.empty() && same_scale(end.quant, quant);
}

// Moves the node onto the 8-bit x; inputs beside x stay as they are. Where all are constant
// (weights that a model transposes) it runs here.
Result<bool> move_to_8bit(Graph& graph, NodeId id, const Dequantized& x) {
  const Node node = graph.node(id);
  const Node dequantize = graph.node(x.node);
  annotate(graph, x);
  QuantParams quant = *graph.value(x.value).quant;
  std::vector<ValueId> inputs = node.inputs, outputs;
  inputs[0] = x.value;
  graph.remove_node(id);
  for (const ValueId output : node.outputs) {
    const auto end = output == kNoValue ? std::nullopt : quantized_end(graph, output);
    if (output == kNoValue) {
      outputs.push_back(kNoValue);
    } else if (end && keeps_scale(*end, quant)) {
      make_8bit(graph, *end);
      outputs.push_back(end->value);
    } else {
      outputs.push_back(add_8bit_value(graph, output, quant));
      const std::string& name = graph.value(output).name;
      if (end) {
        make_8bit(graph, *end);
        add_requantize(graph, name, outputs.back(), end->value);
      } else {
        add_dequantize(graph, name, dequantize, outputs.back(), output);
      }
    }
  }
  Node moved = node;
  moved.inputs = std::move(inputs);
  moved.outputs = std::move(outputs);
  OCTAVO_RETURN_IF_ERROR(lower_constant(graph, graph.add_node(std::move(moved))).status());
  return true;
}

bool gives_indices(const Node& node) {
  const auto& outputs = node.outputs;
  return (node.op == Op::kMaxPool || node.op == Op::kDropout) && outputs.size() > 1 &&
         outputs[1] != kNoValue;
}

}  // namespace

Result<bool> lower_share(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  if (!x || gives_indices(node)) return false;
  return move_to_8bit(graph, id, *x);
}

Result<bool> lower_pad(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  if (!x) return false;
  if (node.attrs.get_string("mode", "constant") == "constant") {
    float fill = 0.0f;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
      const Tensor* constant = graph.held_constant(node.inputs[2]);
      if (!constant || constant->dtype() != DType::kFloat32 || constant->count() != 1) return false;
      fill = constant->values<float>()[0];
    }
    const auto end = quantized_end(graph, node.outputs[0]);
    if (fill != 0.0f && !(end && same_scale(end->quant, x->quant))) return false;
    const QuantParams& quant = x->quant;
    const int32_t q =
        quantize_value(fill, quant.scale[0], quant.zero_point[0], quant.qmin, quant.qmax);
    const ValueId value =
        graph.add_constant(node.name + "_value", quant.dtype == DType::kInt8
                                                     ? Tensor::scalar(static_cast<int8_t>(q))
                                                     : Tensor::scalar(static_cast<uint8_t>(q)));
    Node padded = graph.node(id);
    padded.inputs.resize(std::max<size_t>(padded.inputs.size(), 3), kNoValue);
    padded.inputs[2] = value;
    graph.remove_node(id);
    id = graph.add_node(std::move(padded));
  }
  return move_to_8bit(graph, id, *x);
}

}  // namespace octavo
