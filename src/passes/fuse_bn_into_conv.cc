//   x -> Conv(W, b) -> BatchNormalization(g, beta, mean, var) -> y
//   x -> Conv(W * s, (b - mean) * s + beta)                   -> y      s = g / sqrt(var + eps)
//
// ConvTranspose likewise. Computed in double and rounded once.
// Not when the Conv's output has another consumer or is an output of the graph: it would see scaled
// values. Not when weights or parameters are no constants; weights that come out of a
// DequantizeLinear were trained as they are. Not when a variance is negative or not a number.
#include "passes/channel_affine.h"
#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

Result<bool> fuse(Graph& graph, NodeId id) {
  const Node& bn = graph.node(id);
  for (const Op op : {Op::kConv, Op::kConvTranspose}) {
    const NodeId conv = sole_producer(graph, bn, 0, op);
    if (conv == kNoNode || bn.outputs.size() != 1) continue;
    const int64_t channels = affine_channels(graph, graph.node(conv));
    if (channels == 0) continue;
    const auto affine = affine_of_batch_normalization(graph, bn, channels);
    if (!affine) continue;
    take_over_output(graph, conv, id);
    OCTAVO_RETURN_IF_ERROR(apply_affine(graph, conv, *affine));
    return true;
  }
  return false;
}

}  // namespace

Result<int> fuse_bn_into_conv(Graph& graph, const PassContext&) {
  return rewrite_each(graph, Op::kBatchNormalization, fuse);
}

}  // namespace octavo
