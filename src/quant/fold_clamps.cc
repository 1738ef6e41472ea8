//   x -> Conv -> y -> Relu -> z        becomes        x -> Conv -> z      bounds of z: [0, inf)
// The range of z is what calibration saw behind the Relu, so that the saturation of z's integers
// cuts where the Relu did, and no node stands between Conv and QuantizeLinear.
#include "quant/clamps.h"
#include "quant/stages.h"

namespace octavo {

Status fold_clamps(QuantizeState& state) {
  Graph& graph = state.graph;
  state.bounds.assign(graph.value_count(), kUnbounded);
  for (NodeId id : state.folded) {
    const Node clamp = graph.node(id);
    const NodeId before = graph.producer(clamp.inputs[0]);
    const ValueId output = clamp.outputs[0];
    state.bounds[static_cast<size_t>(output)] = *clamp_bounds(graph, clamp);
    graph.remove_node(id);
    graph.set_output(before, 0, output);
  }
  return {};
}

}  // namespace octavo
