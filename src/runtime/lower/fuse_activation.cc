//   x -> Conv -> y -> Relu -> z            x -> Conv(activation_min = 0) -> z
//   x -> Conv -> y -> Clip(0, 6) -> z      x -> Conv(activation_min = 0, activation_max = 6) -> z
//
// Also after ConvTranspose, ConvIntegerToFloat, Gemm, MatMul, MatMulIntegerToFloat, Add, Sub, Mul
// and Div of float32. Not when y has another consumer or is an output of the graph, when the bounds
// are not constants, or when the op has an activation already.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "runtime/lower/lower.h"

namespace octavo {
namespace {

constexpr std::array kActivated = {Op::kConv, Op::kConvTranspose, Op::kConvIntegerToFloat,
                                   Op::kGemm, Op::kMatMul,        Op::kMatMulIntegerToFloat,
                                   Op::kAdd,  Op::kSub,           Op::kMul,
                                   Op::kDiv};

struct Bounds {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

// A bound of Clip: one constant number, or left out.
bool read_bound(const Graph& graph, const Node& clip, size_t input, float& bound) {
  if (input >= clip.inputs.size() || clip.inputs[input] == kNoValue) return true;
  const Tensor* constant = graph.held_constant(clip.inputs[input]);
  if (!constant || constant->dtype() != DType::kFloat32 || constant->count() != 1) return false;
  bound = constant->values<float>()[0];
  return !std::isnan(bound);
}

std::optional<Bounds> bounds_of(const Graph& graph, const Node& node) {
  Bounds bounds;
  if (node.op == Op::kRelu) {
    bounds.low = 0.0f;
    return bounds;
  }
  if (node.op != Op::kClip) return std::nullopt;
  const bool known =
      read_bound(graph, node, 1, bounds.low) && read_bound(graph, node, 2, bounds.high);
  return known ? std::optional(bounds) : std::nullopt;
}

// The op before an activation, where it can take it over; else kNoNode.
NodeId activated_node(const Graph& graph, NodeId activation) {
  const ValueId y = graph.node(activation).inputs[0];
  const NodeId id = graph.producer(y);
  if (id == kNoNode || graph.only_consumer(y) != activation) return kNoNode;
  if (graph.value(y).dtype != DType::kFloat32) return kNoNode;
  const Node& node = graph.node(id);
  const bool takes = std::find(kActivated.begin(), kActivated.end(), node.op) != kActivated.end();
  const bool has_one = node.attrs.has("activation_min") || node.attrs.has("activation_max");
  return takes && !has_one ? id : kNoNode;
}

}  // namespace

Status fuse_activation(Graph& graph) {
  for (const NodeId activation : graph.live_nodes()) {
    const std::optional<Bounds> bounds = bounds_of(graph, graph.node(activation));
    if (!bounds) continue;
    const NodeId id = activated_node(graph, activation);
    if (id == kNoNode) continue;
    const ValueId z = graph.node(activation).outputs[0];
    graph.remove_node(activation);
    graph.set_output(id, 0, z);
    graph.node(id).attrs.set("activation_min", bounds->low);
    graph.node(id).attrs.set("activation_max", bounds->high);
  }
  return {};
}

}  // namespace octavo
