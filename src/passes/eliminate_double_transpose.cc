//   x -> Transpose(p) -> Transpose(q) -> y
//   x -> Transpose(p[q])              -> y
//
// An order that moves nothing is eliminate_identity's. The first Transpose stays where others use
// it. Not when the orders are left to the default and the rank is unknown.
#include "passes/pass_list.h"
#include "passes/rewrite.h"

namespace octavo {
namespace {

std::optional<std::vector<int64_t>> order_of(const Graph& graph, const Node& node) {
  std::vector<int64_t> perm = node.attrs.get_ints("perm");
  if (!perm.empty()) return perm;
  const auto& shape = graph.value(node.inputs[0]).shape;
  if (!shape) return std::nullopt;
  for (int64_t i = shape->rank() - 1; i >= 0; --i) perm.push_back(i);
  return perm;
}

Result<bool> fuse(Graph& graph, NodeId id) {
  const NodeId first = graph.producer(graph.node(id).inputs[0]);
  if (first == kNoNode || graph.node(first).op != Op::kTranspose) return false;
  const auto p = order_of(graph, graph.node(first));
  const auto q = order_of(graph, graph.node(id));
  if (!p || !q || p->size() != q->size()) return false;
  std::vector<int64_t> both;
  for (const int64_t axis : *q) {
    if (axis < 0 || axis >= static_cast<int64_t>(p->size())) return false;
    both.push_back((*p)[static_cast<size_t>(axis)]);
  }
  graph.set_input(id, 0, graph.node(first).inputs[0]);
  graph.node(id).attrs.set("perm", std::move(both));
  return true;
}

}  // namespace

Result<int> eliminate_double_transpose(Graph& graph, const PassContext&) {
  return rewrite_each(graph, Op::kTranspose, fuse);
}

}  // namespace octavo
