// Gives every activation around a marked node its scale and zero point.
//
// What only moves elements (MaxPool, Reshape, ...) shares the scale of its input, whatever it costs
// in range: its integers pass through untouched. The inputs of a Concat share the scale of its
// output where nothing else reads them: they would be requantized to it anyway.
#include <algorithm>

#include "graph/ops.h"
#include "quant/clamps.h"
#include "quant/params.h"
#include "quant/scale_groups.h"
#include "quant/stages.h"

namespace octavo {
namespace {

bool is_float_activation(const Graph& graph, ValueId id) {
  return id != kNoValue && !graph.is_constant(id) && graph.value(id).dtype == DType::kFloat32;
}

std::vector<Range> observed_ranges(const QuantizeState& state) {
  std::vector<Range> ranges(state.graph.value_count(), extremes_of({}));
  for (size_t i = 0; i < ranges.size(); ++i) {
    const auto found = state.ranges.find(state.graph.value(static_cast<ValueId>(i)).name);
    if (found != state.ranges.end()) ranges[i] = found->second.range;
  }
  return ranges;
}

// Whether changing the scale of this value changes nothing but what its one reader reads. A moved
// value has the scale of its source, so that must have no other reader either.
bool has_one_reader(const QuantizeState& state, ValueId id) {
  const NodeId producer = state.graph.producer(id);
  if (state.graph.only_consumer(id) == kNoNode || !state.is_quantized(producer)) return false;
  const Node& node = state.graph.node(producer);
  return info_of(node.op).role != Role::kShare || has_one_reader(state, node.inputs[0]);
}

// A product at the end that integer engines can give as floats: see release_tail.
bool gives_float(const QuantizeState& state, NodeId id) {
  const Node& node = state.graph.node(id);
  return (node.op == Op::kGemm || node.op == Op::kMatMul) && !has_quantized_reader(state, id);
}

void join_moved(const QuantizeState& state, const Node& node, ScaleGroups& groups) {
  for (ValueId output : node.outputs) {
    if (is_float_activation(state.graph, output)) groups.join(node.inputs[0], output);
  }
}

void join_concat(const QuantizeState& state, const Node& node, ScaleGroups& groups) {
  for (ValueId input : node.inputs) {
    if (!state.graph.is_constant(input) && has_one_reader(state, input)) {
      groups.join_if_bounds_hold(node.outputs[0], input);
    }
  }
}

// A Relu or Clip whose work no saturation does (saturates_at), right behind the product or sum that
// it belongs to: both have the scale of what it lets through, so that it costs no rounding.
bool is_part_of_layer(const QuantizeState& state, const Node& clamp) {
  const Graph& graph = state.graph;
  const NodeId id = graph.producer(clamp.outputs[0]);
  const NodeId before = graph.producer(clamp.inputs[0]);
  if (!state.is_quantized(id) || !state.is_quantized(before)) return false;
  if (foldable_clamp(graph, clamp.inputs[0]) != id) return false;
  const Role role = info_of(graph.node(before).op).role;
  return role == Role::kCompute || role == Role::kBinary || role == Role::kPool ||
         role == Role::kUnary;
}

void join_clamp(const QuantizeState& state, const Node& clamp, ScaleGroups& groups) {
  if (is_part_of_layer(state, clamp)) groups.join(clamp.outputs[0], clamp.inputs[0]);
}

// What the clamp cuts off does not count.
void forget_before_clamps(const QuantizeState& state, std::vector<Range>& ranges) {
  for (NodeId id : state.graph.live_nodes()) {
    const Node& node = state.graph.node(id);
    if (info_of(node.op).role != Role::kClamp || !is_part_of_layer(state, node)) continue;
    ranges[static_cast<size_t>(node.inputs[0])] = extremes_of({});
  }
}

void join_all(const QuantizeState& state, const std::vector<NodeId>& nodes, Role role,
              void (*join)(const QuantizeState&, const Node&, ScaleGroups&), ScaleGroups& groups) {
  for (NodeId id : nodes) {
    const Node& node = state.graph.node(id);
    if (state.is_quantized(id) && info_of(node.op).role == role) join(state, node, groups);
  }
}

// Parameters of training where the range is theirs to the bit; their integers move to the dtype
// that is asked for.
QuantParams params_for(const QuantizeState& state, const Range& range) {
  const QuantParams computed = activation_params(range, ActivationType(state.recipe));
  for (const auto& [name, trained] : state.trained.activations) {
    const Range own = range_of(trained);
    if (own.min != range.min || own.max != range.max) continue;
    if (trained.qmax - trained.qmin != computed.qmax - computed.qmin) continue;
    QuantParams params = computed;
    params.scale = trained.scale;
    params.zero_point = {trained.zero_point[0] - trained.qmin + computed.qmin};
    return params;
  }
  return computed;
}

}  // namespace

Status assign_params(QuantizeState& state) {
  Graph& graph = state.graph;
  const ActivationType type(state.recipe);
  std::vector<Range> ranges = observed_ranges(state);
  forget_before_clamps(state, ranges);
  ScaleGroups groups(std::move(ranges), state.bounds);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  join_all(state, order, Role::kShare, join_moved, groups);
  join_all(state, order, Role::kConcat, join_concat, groups);
  join_all(state, order, Role::kClamp, join_clamp, groups);
  const auto assign = [&](ValueId value) {
    if (!is_float_activation(graph, value)) return;
    graph.value(value).quant = params_for(state, groups.range(value));
  };
  for (NodeId id : order) {
    if (!state.is_quantized(id)) continue;
    const Node& node = graph.node(id);
    std::for_each(node.inputs.begin(), node.inputs.end(), assign);
    if (!gives_float(state, id)) std::for_each(node.outputs.begin(), node.outputs.end(), assign);
  }
  return {};
}

}  // namespace octavo
