#include "quant/corrections/quantized_products.h"

#include "quant/compute_layout.h"

namespace octavo {
namespace {

bool is_read_once(const Graph& graph, ValueId id) { return graph.consumers(id).size() == 1; }

// Where this node alone reads it: it can be replaced.
ValueId own_integers_behind(const Graph& graph, const Node& node, size_t input) {
  const ValueId integers = integers_behind(graph, node, input);
  const bool alone = integers != kNoValue && is_read_once(graph, integers) &&
                     is_read_once(graph, node.inputs[input]);
  return alone ? integers : kNoValue;
}

}  // namespace

ValueId integers_behind(const Graph& graph, const Node& node, size_t input) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return kNoValue;
  const NodeId producer = graph.producer(node.inputs[input]);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return kNoValue;
  const ValueId integers = graph.node(producer).inputs[0];
  return graph.is_constant(integers) && graph.value(integers).quant ? integers : kNoValue;
}

QuantizedProducts quantized_products(const Graph& exact, const Graph& quantized) {
  std::map<std::string, NodeId> originals;
  for (const NodeId id : exact.live_nodes()) originals[exact.node(id).name] = id;
  QuantizedProducts products;
  for (const NodeId id : quantized.live_nodes()) {
    const Node& node = quantized.node(id);
    const auto original = originals.find(node.name);
    if (original == originals.end() || node.op == Op::kConvTranspose) continue;
    const auto layout = compute_layout(exact, exact.node(original->second));
    const ValueId weights = own_integers_behind(quantized, node, 1);
    const ValueId bias = own_integers_behind(quantized, node, 2);
    const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    if (!layout || weights == kNoValue || has_bias != (bias != kNoValue)) continue;
    products[node.name] = {weights, bias, original->second, layout->axis, layout->outputs};
  }
  return products;
}

}  // namespace octavo
