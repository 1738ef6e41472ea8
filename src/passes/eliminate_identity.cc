//   x -> Identity -> y, used by ...
//   x, used by ...
//
// So too whatever does nothing to its input: Dropout, a Cast to the type it has, Transpose that
// keeps the order, Reshape to the same shape, Concat of one, Pad by nothing, ... Not when x and y
// are both ends of the graph (or x a constant): each keeps its name.
#include <algorithm>
#include <array>

#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

using Predicate = bool (*)(const Graph& graph, const Node& node);

bool always(const Graph&, const Node&) { return true; }

bool has_one_input(const Graph&, const Node& node) { return node.inputs.size() == 1; }

bool all_zero(const std::vector<int64_t>& values) {
  return std::all_of(values.begin(), values.end(), [](int64_t v) { return v == 0; });
}

// In training a mask would drop elements.
bool is_inference(const Graph& graph, const Node& node) {
  const ValueId training = input_or_none(node, 2);
  if (training == kNoValue) return true;
  const Tensor* flag = graph.held_constant(training);
  return flag && all_zero(flag->integers());
}

bool keeps_dtype(const Graph& graph, const Node& node) {
  const DType from = graph.value(node.inputs[0]).dtype;
  return from != DType::kUnknown && from == dtype_from_onnx(node.attrs.get_int("to", 0));
}

// For operators that keep the order of elements: the same shape is the same tensor.
bool keeps_shape(const Graph& graph, const Node& node) {
  const auto& from = graph.value(node.inputs[0]).shape;
  const auto& to = graph.value(node.outputs[0]).shape;
  return from && to && from->is_static() && *from == *to;
}

bool pads_nothing(const Graph& graph, const Node& node) {
  const Tensor* pads = graph.held_constant(node.inputs[1]);
  return pads && all_zero(pads->integers());
}

bool keeps_order(const Graph&, const Node& node) {
  const auto perm = node.attrs.get_ints("perm");
  return !perm.empty() && std::is_sorted(perm.begin(), perm.end());
}

bool has_no_limits(const Graph&, const Node& node) {
  return input_or_none(node, 1) == kNoValue && input_or_none(node, 2) == kNoValue;
}

struct Case {
  Op op;
  Predicate does_nothing;
};

constexpr std::array kCases = {
    Case{Op::kCast, keeps_dtype},      Case{Op::kClip, has_no_limits},
    Case{Op::kConcat, has_one_input},  Case{Op::kDropout, is_inference},
    Case{Op::kExpand, keeps_shape},    Case{Op::kFlatten, keeps_shape},
    Case{Op::kIdentity, always},       Case{Op::kMax, has_one_input},
    Case{Op::kMean, has_one_input},    Case{Op::kMin, has_one_input},
    Case{Op::kPad, pads_nothing},      Case{Op::kReshape, keeps_shape},
    Case{Op::kSqueeze, keeps_shape},   Case{Op::kSum, has_one_input},
    Case{Op::kTile, keeps_shape},      Case{Op::kTranspose, keeps_order},
    Case{Op::kUnsqueeze, keeps_shape},
};

bool does_nothing(const Graph& graph, const Node& node) {
  const auto found = std::find_if(kCases.begin(), kCases.end(),
                                  [&node](const Case& c) { return c.op == node.op; });
  return found != kCases.end() && found->does_nothing(graph, node);
}

// Outputs but the first (Dropout's mask) are in nobody's way only where nobody uses them.
bool others_unused(const Graph& graph, const Node& node) {
  return std::all_of(node.outputs.begin() + 1, node.outputs.end(), [&graph](ValueId id) {
    return id == kNoValue || (graph.consumers(id).empty() && !graph.is_output(id));
  });
}

bool names_collide(const Graph& graph, ValueId x, ValueId y) {
  return graph.is_output(y) && (graph.producer(x) == kNoNode || graph.is_output(x));
}

}  // namespace

Result<int> eliminate_identity(Graph& graph, const PassContext&) {
  int changes = 0;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    const ValueId y = node.outputs.empty() ? kNoValue : node.outputs[0];
    if (y == kNoValue || !does_nothing(graph, node) || !others_unused(graph, node)) continue;
    const ValueId x = node.inputs[0];
    if (names_collide(graph, x, y)) continue;
    graph.remove_node(id);
    graph.replace_uses(y, x);
    ++changes;
  }
  return changes;
}

}  // namespace octavo
