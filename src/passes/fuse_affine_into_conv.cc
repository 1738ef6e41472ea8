//   x -> Conv(W, b) -> Mul(k) -> y          x -> Conv(W, b) -> Add(k) -> y
//   x -> Conv(W * k, b * k)   -> y          x -> Conv(W, b + k)       -> y
//
// Div and Sub by k likewise, as Mul by 1 / k and Add of -k.
// k is one number, or one for each output channel: shape (C, 1, 1) or the like.
// Not when the Conv's output has another consumer or is an output of the graph, when k stretches
// along another axis, or when W, b or k is no constant.
#include <cmath>

#include "passes/channel_affine.h"
#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

// k as one number a channel of a Conv whose weights have `rank` dimensions, as its output has.
std::optional<std::vector<double>> per_channel(const Graph& graph, ValueId id, int64_t channels,
                                               int rank, Op op) {
  const auto values = float_constant(graph, id);
  if (!values) return std::nullopt;
  const Shape& shape = graph.constant(id)->shape();
  const auto count = static_cast<int64_t>(values->size());
  const int channel_axis = shape.rank() - (rank - 1);  // counted from the end, like broadcasting
  const bool along_channels = channel_axis >= 0 && shape[channel_axis] == count;
  if (shape.rank() > rank || (count != 1 && (count != channels || !along_channels))) {
    return std::nullopt;
  }
  std::vector<double> result(static_cast<size_t>(channels));
  for (size_t c = 0; c < result.size(); ++c) {
    const double k = (*values)[count == 1 ? 0 : c];
    result[c] = op == Op::kDiv ? 1 / k : op == Op::kSub ? -k : k;
    if (!std::isfinite(result[c])) return std::nullopt;
  }
  return result;
}

Result<bool> fuse_input(Graph& graph, NodeId id, size_t conv_input) {
  const Node& node = graph.node(id);
  const NodeId conv = sole_producer(graph, node, conv_input, Op::kConv);
  if (conv == kNoNode) return false;
  const int64_t channels = affine_channels(graph, graph.node(conv));
  if (channels == 0) return false;
  const int rank = graph.constant(graph.node(conv).inputs[1])->shape().rank();
  const auto k = per_channel(graph, node.inputs[1 - conv_input], channels, rank, node.op);
  if (!k) return false;
  const bool scales = node.op == Op::kMul || node.op == Op::kDiv;
  const ChannelAffine affine = scales ? ChannelAffine{*k, {}} : ChannelAffine{{}, *k};
  take_over_output(graph, conv, id);
  OCTAVO_RETURN_IF_ERROR(apply_affine(graph, conv, affine));
  return true;
}

Result<bool> fuse(Graph& graph, NodeId id) {
  OCTAVO_ASSIGN_OR_RETURN(const bool fused, fuse_input(graph, id, 0));
  const bool commutes = graph.node(id).op == Op::kMul || graph.node(id).op == Op::kAdd;
  return fused || !commutes ? fused : fuse_input(graph, id, 1);
}

}  // namespace

Result<int> fuse_affine_into_conv(Graph& graph, const PassContext&) {
  int changes = 0;
  for (const Op op : {Op::kMul, Op::kDiv, Op::kAdd, Op::kSub}) {
    OCTAVO_ASSIGN_OR_RETURN(const int fused, rewrite_each(graph, op, fuse));
    changes += fused;
  }
  return changes;
}

}  // namespace octavo
