//   DequantizeLinear -> op -> QuantizeLinear
//   QLinearOp
//
// One pattern an operator, each in its file under qdq/. The 8-bit output of a lowered node has the
// name of the float value that QuantizeLinear took, by which reports find the two in both graphs.
#include "runtime/lower/lower.h"
#include "runtime/lower/qdq/islands.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {
namespace {

struct Pattern {
  Op op;
  Result<bool> (*apply)(Graph& graph, NodeId node);
};

// Tried in this order; the first that fires ends the node.
constexpr Pattern kPatterns[] = {
    {Op::kQuantizeLinear, lower_constant},
    {Op::kConv, lower_conv},
    {Op::kGemm, lower_gemm},
    {Op::kMatMul, lower_gemm},
    {Op::kAdd, lower_binary},
    {Op::kMul, lower_binary},
    {Op::kConcat, lower_concat},
    {Op::kAveragePool, lower_pool},
    {Op::kGlobalAveragePool, lower_pool},
    {Op::kReduceMean, lower_reduce_mean},
    {Op::kPad, lower_pad},
    {Op::kDepthToSpace, lower_share},
    {Op::kDropout, lower_share},
    {Op::kExpand, lower_share},
    {Op::kFlatten, lower_share},
    {Op::kGather, lower_share},
    {Op::kGlobalMaxPool, lower_share},
    {Op::kIdentity, lower_share},
    {Op::kMaxPool, lower_share},
    {Op::kReshape, lower_share},
    {Op::kSlice, lower_share},
    {Op::kSpaceToDepth, lower_share},
    {Op::kSplit, lower_share},
    {Op::kSqueeze, lower_share},
    {Op::kTile, lower_share},
    {Op::kTranspose, lower_share},
    {Op::kUnsqueeze, lower_share},
    {Op::kAbs, lower_unary},
    {Op::kAdd, lower_unary},
    {Op::kCeil, lower_unary},
    {Op::kClip, lower_unary},
    {Op::kDiv, lower_unary},
    {Op::kElu, lower_unary},
    {Op::kErf, lower_unary},
    {Op::kExp, lower_unary},
    {Op::kFloor, lower_unary},
    {Op::kGelu, lower_unary},
    {Op::kHardSigmoid, lower_unary},
    {Op::kHardSwish, lower_unary},
    {Op::kLeakyRelu, lower_unary},
    {Op::kLog, lower_unary},
    {Op::kMul, lower_unary},
    {Op::kNeg, lower_unary},
    {Op::kPow, lower_unary},
    {Op::kReciprocal, lower_unary},
    {Op::kRelu, lower_unary},
    {Op::kRound, lower_unary},
    {Op::kSigmoid, lower_unary},
    {Op::kSign, lower_unary},
    {Op::kSoftplus, lower_unary},
    {Op::kSoftsign, lower_unary},
    {Op::kSqrt, lower_unary},
    {Op::kSub, lower_unary},
    {Op::kTanh, lower_unary},
    {Op::kQuantizeLinear, lower_requantize},
};

Status lower_node(Graph& graph, NodeId id) {
  const Op op = graph.node(id).op;
  for (const Pattern& pattern : kPatterns) {
    if (pattern.op != op) continue;
    OCTAVO_ASSIGN_OR_RETURN(const bool fired, pattern.apply(graph, id));
    if (fired) break;
  }
  return {};
}

// Every DequantizeLinear that nobody reads any more.
void remove_unread(Graph& graph) {
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.op != Op::kDequantizeLinear || graph.is_output(node.outputs[0])) continue;
    if (graph.consumers(node.outputs[0]).empty()) graph.remove_node(id);
  }
}

// What the QuantizeLinears that stay give knows its scale too.
void annotate_quantized(Graph& graph) {
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (node.op != Op::kQuantizeLinear) continue;
    Value& value = graph.value(node.outputs[0]);
    if (!value.quant) value.quant = params_of(graph, node);
  }
}

}  // namespace

Status lower_qdq(Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  for (const NodeId id : order) {
    if (graph.node(id).removed) continue;
    const std::string place = describe(graph.node(id));
    const Status status = lower_node(graph, id);
    if (!status.ok()) return status.at(place);
  }
  remove_unread(graph);
  annotate_quantized(graph);
  return {};
}

}  // namespace octavo
