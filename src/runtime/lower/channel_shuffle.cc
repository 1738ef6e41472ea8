// Channel shuffle, as ShuffleNet has it between its groups:
//
//   (N, gc, H, W) -> Reshape (N, g, c, H, W) -> Transpose 0 2 1 3 4 -> Reshape (N, cg, H, W)
//   (N, H, W, gc) -> Reshape (N, H, W, g, c) -> Transpose 0 1 2 4 3 -> Reshape (N, H, W, cg)
//
// Not where the values in between have other consumers, or unknown shapes.
#include "runtime/lower/layout_rules.h"

namespace octavo {
namespace {

const Shape* static_shape(const Graph& graph, ValueId id) {
  const auto& shape = graph.value(id).shape;
  return shape && shape->is_static() ? &*shape : nullptr;
}

void set_reshape(Graph& graph, NodeId id, const Shape& shape) {
  const Shape rank{shape.rank()};
  graph.set_input(id, 1, graph.add_constant("shape", Tensor::from(shape.dims(), rank)));
  graph.node(id).attrs.erase("allowzero");
}

// The node of type `op` that alone consumes what `id` makes.
NodeId next(const Graph& graph, NodeId id, Op op) {
  const NodeId user = graph.only_consumer(graph.node(id).outputs[0]);
  return user != kNoNode && graph.node(user).op == op ? user : kNoNode;
}

// (N, H, W, C) split into (N, g, c, H, W)?
bool splits_channels(const Shape& last, const Shape& split) {
  return split.rank() == 5 && split[0] == last[0] && split[1] * split[2] == last[3] &&
         split[3] == last[1] && split[4] == last[2];
}

}  // namespace

bool shuffle_channels(Graph& graph, LayoutTwins& twins, NodeId split) {
  const NodeId swap = next(graph, split, Op::kTranspose);
  const NodeId join = swap == kNoNode ? kNoNode : next(graph, swap, Op::kReshape);
  if (join == kNoNode) return false;
  const Shape x = *graph.value(graph.node(split).inputs[0]).shape;
  const Shape* groups = static_shape(graph, graph.node(split).outputs[0]);
  const Shape* y = static_shape(graph, graph.node(join).outputs[0]);
  if (!groups || !y || *y != first_shape(x) || !splits_channels(x, *groups)) return false;
  if (graph.node(swap).attrs.get_ints("perm") != std::vector<int64_t>{0, 2, 1, 3, 4}) return false;

  const int64_t g = (*groups)[1], c = (*groups)[2];
  graph.value(graph.node(split).outputs[0]).shape = Shape{x[0], x[1], x[2], g, c};
  graph.value(graph.node(swap).outputs[0]).shape = Shape{x[0], x[1], x[2], c, g};
  graph.node(swap).attrs.set("perm", std::vector<int64_t>{0, 1, 2, 4, 3});
  set_reshape(graph, split, Shape{x[0], x[1], x[2], g, c});
  set_reshape(graph, join, x);
  twins.make_output_last(join, 0);
  return true;
}

}  // namespace octavo
