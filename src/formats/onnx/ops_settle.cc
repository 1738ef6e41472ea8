#include <limits>
#include <set>

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

//   x -> Softmax(axis = a, opset < 13) -> y
//   x -> Flatten(a) -> Softmax(-1) -> Reshape(., Shape(x)) -> y
// Not where all dimensions after `a` are ones (mostly there are none): the new meaning is the same.
class CoercedSoftmax {
 public:
  explicit CoercedSoftmax(Graph& graph) : graph_(graph) {
    for (const NodeId id : graph.live_nodes()) names_.insert(graph.node(id).name);
  }

  void settle(NodeId id) {
    graph_.node(id).attrs.erase(kCoerced);
    if (!means_the_same(graph_.node(id))) rewrite(id);
  }

 private:
  bool means_the_same(const Node& node) const {
    const int64_t axis = node.attrs.get_int("axis", 1);
    if (axis == -1) return true;
    const auto& shape = graph_.value(node.inputs[0]).shape;
    if (!shape) return false;
    const auto resolved = resolve_axis(axis, shape->rank());
    if (!resolved) return true;  // shape inference will say so
    for (int i = *resolved + 1; i < shape->rank(); ++i) {
      if ((*shape)[i] != 1) return false;
    }
    return true;
  }

  void rewrite(NodeId id) {
    const ValueId x = graph_.node(id).inputs[0];
    const ValueId y = graph_.node(id).outputs[0];
    const int64_t axis = graph_.node(id).attrs.get_int("axis", 1);
    const ValueId shape = add(id, Op::kShape, {x});
    const ValueId matrix = add(id, Op::kFlatten, {x}, axis);
    graph_.set_input(id, 0, matrix);
    graph_.node(id).attrs.set("axis", int64_t{-1});
    const ValueId rows = graph_.add_value({.name = graph_.node(id).name + "_rows"});
    graph_.set_output(id, 0, rows);
    add(id, Op::kReshape, {rows, shape}, {}, y);
  }

  ValueId add(NodeId softmax, Op op, std::vector<ValueId> inputs, std::optional<int64_t> axis = {},
              ValueId output = kNoValue) {
    Node node;
    node.op = op;
    node.op_type = name_of(op);
    node.name = graph_.node(softmax).name + "_" + node.op_type;
    while (!names_.insert(node.name).second) node.name += "_";
    if (axis) node.attrs.set("axis", *axis);
    if (output == kNoValue) output = graph_.add_value({.name = node.name});
    node.inputs = std::move(inputs);
    node.outputs = {output};
    graph_.add_node(std::move(node));
    return output;
  }

  Graph& graph_;
  std::set<std::string> names_;
};

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
    settle_outputs(each, context);
    any_coerced |= !coerced_nodes(each).empty();
  });
  // Where inference finds a fault, the engine will tell; here ranks that it got to are enough.
  if (any_coerced) (void)infer_shapes(graph);
  for_each_graph(graph, [](Graph& each) {
    const std::vector<NodeId> coerced = coerced_nodes(each);
    if (!coerced.empty()) {
      CoercedSoftmax softmax(each);
      for (const NodeId id : coerced) softmax.settle(id);
    }
    each.compact();
  });
}

}  // namespace octavo::onnx
