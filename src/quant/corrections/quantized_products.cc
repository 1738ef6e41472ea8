#include "quant/corrections/quantized_products.h"

#include "quant/compute_layout.h"

namespace octavo {
namespace {

// The constant of integers that stands behind an input, where this node alone reads it.
ValueId integers_behind(const Graph& graph, const Node& node, size_t input) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return kNoValue;
  const NodeId producer = graph.producer(node.inputs[input]);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return kNoValue;
  const ValueId integers = graph.node(producer).inputs[0];
  const bool alone = graph.consumers(integers).size() == 1 &&
                     graph.consumers(graph.node(producer).outputs[0]).size() == 1;
  return alone && graph.is_constant(integers) && graph.value(integers).quant ? integers : kNoValue;
}

}  // namespace

QuantizedProducts quantized_products(const Graph& exact, const Graph& quantized) {
  std::map<std::string, NodeId> originals;
  for (const NodeId id : exact.live_nodes()) originals[exact.node(id).name] = id;
  QuantizedProducts products;
  for (const NodeId id : quantized.live_nodes()) {
    const Node& node = quantized.node(id);
    const auto original = originals.find(node.name);
    if (original == originals.end() || node.op == Op::kConvTranspose) continue;
    const auto layout = compute_layout(exact, exact.node(original->second));
    const ValueId weights = integers_behind(quantized, node, 1);
    const ValueId bias = integers_behind(quantized, node, 2);
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (!layout || weights == kNoValue || has_bias != (bias != kNoValue)) continue;
    products[node.name] = {weights, bias, original->second, layout->axis, layout->outputs};
  }
  return products;
}

}  // namespace octavo
