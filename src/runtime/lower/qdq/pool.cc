//   DQ(x) -> AveragePool | GlobalAveragePool [-> Relu | Clip] -> Q
//   QLinearAveragePool | QLinearGlobalAveragePool(x)
//
//   DQ(x) -> ReduceMean over all spatial axes [-> Relu | Clip] -> Q
//   QLinearGlobalAveragePool(x) [-> Squeeze]
//
// Not over 3 spatial dimensions, and not where someone else reads the float result.
#include <algorithm>

#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {
namespace {

// One or two spatial dimensions.
bool is_image(const Graph& graph, ValueId x) {
  const auto& shape = graph.value(x).shape;
  return shape && (shape->rank() == 3 || shape->rank() == 4);
}

bool reduces_spatial_axes(const Graph& graph, const Node& node) {
  if (node.inputs.size() < 2) return false;
  const Tensor* axes = graph.held_constant(node.inputs[1]);
  const int rank = graph.value(node.inputs[0]).shape->rank();
  if (!axes || axes->count() != rank - 2) return false;
  std::vector<bool> reduced(static_cast<size_t>(rank), false);
  for (const int64_t axis : axes->integers()) {
    const std::optional<int> at = resolve_axis(axis, rank);
    if (at) reduced[static_cast<size_t>(*at)] = true;
  }
  return !reduced[0] && !reduced[1] && std::count(reduced.begin(), reduced.end(), true) == rank - 2;
}

}  // namespace

Result<bool> lower_pool(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!x || !end || !is_image(graph, x->value)) return false;
  const Op op =
      node.op == Op::kAveragePool ? Op::kQLinearAveragePool : Op::kQLinearGlobalAveragePool;
  annotate(graph, *x);
  make_8bit(graph, *end);
  replace_node(graph, id, op, {x->value}, {end->value});
  return true;
}

Result<bool> lower_reduce_mean(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  const auto end = quantized_end(graph, node.outputs[0]);
  if (!x || !end || !is_image(graph, x->value) || !reduces_spatial_axes(graph, node)) return false;
  annotate(graph, *x);
  make_8bit(graph, *end);
  if (node.attrs.get_int("keepdims", 1) != 0) {
    replace_node(graph, id, Op::kQLinearGlobalAveragePool, {x->value}, {end->value});
    return true;
  }
  const ValueId pooled = add_8bit_value(graph, end->value, end->quant);
  Shape shape = *graph.value(x->value).shape;
  for (int axis = 2; axis < shape.rank(); ++axis) shape[axis] = 1;
  graph.value(pooled).shape = shape;
  replace_node(graph, id, Op::kQLinearGlobalAveragePool, {x->value}, {pooled});
  Node squeeze;
  squeeze.op = Op::kSqueeze;
  squeeze.op_type = name_of(squeeze.op);
  squeeze.name = node.name + "_squeeze";
  squeeze.inputs = {pooled, node.inputs[1]};
  squeeze.outputs = {end->value};
  graph.add_node(std::move(squeeze));
  return true;
}

}  // namespace octavo
