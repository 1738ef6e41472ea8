#include "quant/clamps.h"

namespace octavo {
namespace {

// An absent input is no bound; nullopt where the bound is known at run time only.
std::optional<float> bound(const Graph& graph, const Node& node, size_t input, float absent) {
  if (input >= node.inputs.size() || node.inputs[input] == kNoValue) return absent;
  const Tensor* constant = graph.held_constant(node.inputs[input]);
  if (!constant || constant->dtype() != DType::kFloat32 || constant->count() != 1) return {};
  return constant->values<float>()[0];
}

}  // namespace

std::optional<Range> clamp_bounds(const Graph& graph, const Node& node) {
  if (node.op == Op::kRelu) return Range{0, kUnbounded.max};
  if (node.op != Op::kClip) return {};
  const std::optional<float> low = bound(graph, node, 1, kUnbounded.min);
  const std::optional<float> high = bound(graph, node, 2, kUnbounded.max);
  if (!low || !high) return {};
  return Range{*low, *high};
}

NodeId foldable_clamp(const Graph& graph, ValueId value) {
  const NodeId id = graph.only_consumer(value);
  if (id == kNoNode || graph.node(id).inputs[0] != value) return kNoNode;
  const std::optional<Range> bounds = clamp_bounds(graph, graph.node(id));
  return bounds && contains(*bounds, {0, 0}) ? id : kNoNode;
}

}  // namespace octavo
