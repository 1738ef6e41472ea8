#include <limits>

#include "formats/onnx/node_adder.h"
#include "formats/onnx/ops.h"
#include "formats/onnx/ops_table.h"
#include "graph/shape_inference.h"

namespace octavo::onnx {
namespace {

template <typename Visit>
void for_each_graph(Graph& graph, const Visit& visit) {
  visit(graph);
  for (const NodeId id : graph.live_nodes()) {
    for (const auto& [name, attribute] : graph.node(id).attrs.map()) {
      const auto* subgraph = std::get_if<std::shared_ptr<Graph>>(&attribute);
      if (subgraph != nullptr) for_each_graph(**subgraph, visit);
    }
  }
}

// Further outputs (Indices of MaxPool, the mask of Dropout, statistics of a normalization) are not
// computed.
size_t outputs_computed(Op op) {
  switch (op) {
    case Op::kUnknown:
    case Op::kIf:
    case Op::kSplit:
      return std::numeric_limits<size_t>::max();
    case Op::kDynamicQuantizeLSTM:
    case Op::kDynamicQuantizeLinear:
    case Op::kLSTM:
      return 3;
    case Op::kGRU:
    case Op::kTopK:
      return 2;
    default:
      return 1;
  }
}

bool is_used(const Graph& graph, ValueId id) {
  return id != kNoValue && (!graph.consumers(id).empty() || graph.is_output(id));
}

void settle_outputs(Graph& graph, ReadContext& context) {
  for (const NodeId id : graph.live_nodes()) {
    Node& node = graph.node(id);
    const size_t computed = outputs_computed(node.op);
    for (size_t i = computed; i < node.outputs.size(); ++i) {
      if (!is_used(graph, node.outputs[i])) continue;
      node.op = Op::kUnknown;
      context.warnings.push_back(describe(node) + ": its output " + std::to_string(i) +
                                 " is used, which is not supported");
      break;
    }
    if (node.op == Op::kUnknown || node.outputs.size() <= computed) continue;
    for (size_t i = computed; i < node.outputs.size(); ++i) graph.set_output(id, i, kNoValue);
    node.outputs.resize(computed);
    if (node.outputs.front() == kNoValue && computed == 1) graph.remove_node(id);
  }
}

bool means_the_same(const Graph& graph, const Node& softmax) {
  const int64_t axis = softmax.attrs.get_int("axis", 1);
  if (axis == -1) return true;
  const auto& shape = graph.value(softmax.inputs[0]).shape;
  if (!shape) return false;
  const auto resolved = resolve_axis(axis, shape->rank());
  if (!resolved) return true;  // shape inference will say so
  for (int i = *resolved + 1; i < shape->rank(); ++i) {
    if ((*shape)[i] != 1) return false;
  }
  return true;
}

//   x -> Softmax(axis = a, opset < 13) -> y
//   x -> Flatten(a) -> Softmax(-1) -> Reshape(., Shape(x)) -> y
// Not where all dimensions after `a` are ones (mostly there are none): the new meaning is the same.
void settle_softmax(Graph& graph, NodeAdder& adder, NodeId id) {
  Node& softmax = graph.node(id);
  softmax.attrs.erase(kCoerced);
  if (means_the_same(graph, softmax)) return;
  const std::string name = softmax.name;
  const ValueId x = softmax.inputs[0];
  const ValueId y = softmax.outputs[0];
  Attributes flatten;
  flatten.set("axis", softmax.attrs.get_int("axis", 1));
  softmax.attrs.set("axis", int64_t{-1});
  graph.set_output(id, 0, graph.add_value({.name = name + "_rows"}));
  const ValueId rows = softmax.outputs[0];
  const ValueId shape = adder.add(Op::kShape, name, {x});
  graph.set_input(id, 0, adder.add(Op::kFlatten, name, {x}, std::move(flatten)));
  adder.add(Op::kReshape, name, {rows, shape}, {}, y);
}

std::vector<NodeId> coerced_nodes(const Graph& graph) {
  std::vector<NodeId> found;
  for (const NodeId id : graph.live_nodes()) {
    if (graph.node(id).attrs.has(kCoerced)) found.push_back(id);
  }
  return found;
}

}  // namespace

void settle(Graph& graph, ReadContext& context) {
  bool any_coerced = false;
  for_each_graph(graph, [&](Graph& each) {
    expand_qoperators(each);
    settle_outputs(each, context);
    any_coerced |= !coerced_nodes(each).empty();
  });
  // Where inference finds a fault, the engine will tell; here ranks that it got to are enough.
  if (any_coerced) (void)infer_shapes(graph);
  for_each_graph(graph, [](Graph& each) {
    const std::vector<NodeId> coerced = coerced_nodes(each);
    if (!coerced.empty()) {
      NodeAdder adder(each);
      for (const NodeId id : coerced) settle_softmax(each, adder, id);
    }
    each.compact();
  });
}

}  // namespace octavo::onnx
