//   Conv -> y -> ...   becomes   Conv -> y -> QuantizeLinear -> DequantizeLinear -> ...
// Behind a marked node every reader reads the dequantized value, which lets Conv and QuantizeLinear
// become one integer node. A value that a float node or the user provides goes to its float readers
// as it is. A graph output stays float and keeps its name: that of the DequantizeLinear's output.
#include "quant/qdq_nodes.h"
#include "quant/stages.h"

namespace octavo {
namespace {

void insert_pair(QuantizeState& state, ValueId value) {
  Graph& graph = state.graph;
  const QuantParams params = *graph.value(value).quant;
  const std::string stem = graph.value(value).name;
  const bool serves_all = state.is_quantized(graph.producer(value));
  const bool is_output = serves_all && graph.is_output(value);
  graph.value(value).quant.reset();

  const ScaleConstants constants = add_scale_constants(graph, params);
  const ValueId integer = add_quantize_node(graph, value, stem, params, constants);
  // Of an output: the name that the float value has once they have swapped theirs.
  const std::string other_name = is_output ? stem + "_unquantized" : short_name(graph, 'd');
  const ValueId dequantized = add_dequantize_node(graph, integer, other_name, constants);
  if (serves_all) {
    graph.replace_uses(value, dequantized);
    graph.set_input(graph.producer(integer), 0, value);
  } else {
    replace_in_quantized_readers(state, value, dequantized);
  }
}

}  // namespace

void replace_in_quantized_readers(QuantizeState& state, ValueId from, ValueId to) {
  const std::vector<NodeId> readers = state.graph.consumers(from);
  for (NodeId reader : readers) {
    if (!state.is_quantized(reader)) continue;
    const std::vector<ValueId> inputs = state.graph.node(reader).inputs;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i] == from) state.graph.set_input(reader, i, to);
    }
  }
}

Status insert_qdq(QuantizeState& state) {
  const auto count = static_cast<ValueId>(state.graph.value_count());
  for (ValueId id = 0; id < count; ++id) {
    const Value& value = state.graph.value(id);
    if (value.quant && !value.constant) insert_pair(state, id);
  }
  return {};
}

}  // namespace octavo
