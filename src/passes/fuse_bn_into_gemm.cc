//   x -> Gemm(W, c) -> BatchNormalization(g, beta, mean, var) -> y
//   x -> Gemm(W * s, (c - mean) * s + beta)                   -> y      s = g / sqrt(var + eps)
//
// Not when the Gemm's output has another consumer or is an output of the graph, when W, c or a
// parameter is no constant, when c differs from row to row, or when a variance is negative.
#include "passes/channel_affine.h"
#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

Result<bool> fuse(Graph& graph, NodeId id) {
  const Node& bn = graph.node(id);
  const NodeId gemm = sole_producer(graph, bn, 0, Op::kGemm);
  if (gemm == kNoNode || bn.outputs.size() != 1) return false;
  const int64_t channels = affine_channels(graph, graph.node(gemm));
  if (channels == 0) return false;
  const auto affine = affine_of_batch_normalization(graph, bn, channels);
  if (!affine) return false;
  take_over_output(graph, gemm, id);
  OCTAVO_RETURN_IF_ERROR(apply_affine(graph, gemm, *affine));
  return true;
}

}  // namespace

Result<int> fuse_bn_into_gemm(Graph& graph, const PassContext&) {
  return rewrite_each(graph, Op::kBatchNormalization, fuse);
}

}  // namespace octavo
