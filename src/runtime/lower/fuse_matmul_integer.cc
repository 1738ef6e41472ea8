//   x, w -> MatMulInteger -> Cast -> Mul(scale) -> Add(bias) -> y
//   x, w -> MatMulIntegerToFloat(scale, bias)                -> y
//
// What dynamic quantization leaves of a MatMul: DynamicQuantizeLinear stays, and serves all
// products of its x. Not where w is no constant matrix, where scale or bias are neither one number
// nor one a column, or where somebody else sees what lies between; without an Add there is no bias.
#include <optional>

#include "runtime/lower/lower.h"

namespace octavo {
namespace {

bool is_one_or(const Graph& graph, ValueId id, int64_t columns, int most_rank) {
  const auto& shape = graph.value(id).shape;
  if (!shape || !shape->is_static() || shape->rank() > most_rank) return false;
  return shape->count() == 1 ||
         (shape->count() == columns && (*shape)[shape->rank() - 1] == columns);
}

bool is_float(const Graph& graph, ValueId id) { return graph.value(id).dtype == DType::kFloat32; }

ValueId input_of(const Node& node, size_t i) {
  return i < node.inputs.size() ? node.inputs[i] : kNoValue;
}

// The one reader of this node's output, of this operator; kNoNode where there is no such.
NodeId next_of(const Graph& graph, NodeId id, Op op) {
  const ValueId value = graph.node(id).outputs[0];
  const NodeId next = value == kNoValue ? kNoNode : graph.only_consumer(value);
  const bool found =
      next != kNoNode && graph.node(next).op == op && graph.node(next).outputs[0] != kNoValue;
  return found ? next : kNoNode;
}

class Fusion {
 public:
  Fusion(Graph& graph, NodeId product) : graph_(graph), product_(product) {
    const Node& node = graph.node(product);
    if (!is_matrix_of_bytes(node)) return;
    const NodeId cast = next_of(graph, product, Op::kCast);
    if (cast == kNoNode || !is_float(graph, graph.node(cast).outputs[0])) return;
    const NodeId mul = next_of(graph, cast, Op::kMul);
    if (mul == kNoNode) return;
    const std::optional<ValueId> scale = factor(mul, graph.node(cast).outputs[0]);
    if (!scale) return;
    scale_ = *scale;
    chain_ = {cast, mul};
    const NodeId add = next_of(graph, mul, Op::kAdd);
    if (add == kNoNode) return;
    const std::optional<ValueId> bias = factor(add, graph.node(mul).outputs[0]);
    if (!bias) return;
    bias_ = *bias;
    chain_.push_back(add);
  }

  bool is_possible() const { return !chain_.empty(); }

  void apply() {
    const ValueId y = graph_.node(chain_.back()).outputs[0];
    for (const NodeId id : chain_) graph_.remove_node(id);
    Node node = graph_.node(product_);
    graph_.remove_node(product_);
    node.op = Op::kMatMulIntegerToFloat;
    node.op_type = name_of(node.op);
    node.inputs.resize(4, kNoValue);
    node.inputs.push_back(scale_);
    if (bias_ != kNoValue) node.inputs.push_back(bias_);
    node.outputs = {y};
    graph_.add_node(std::move(node));
  }

 private:
  bool is_matrix_of_bytes(const Node& node) {
    const Constant* w = graph_.constant(node.inputs[1]);
    if (!w || w->shape().rank() != 2 || w->count() == 0) return false;
    columns_ = w->shape()[1];
    if (const ValueId zero = input_of(node, 2); zero != kNoValue) {
      const auto& shape = graph_.value(zero).shape;  // one a row is rare
      if (!shape || !shape->is_static() || shape->count() != 1) return false;
    }
    if (const ValueId zero = input_of(node, 3); zero != kNoValue) {
      if (!graph_.is_constant(zero) || !is_one_or(graph_, zero, columns_, 1)) return false;
    }
    const auto& x = graph_.value(node.inputs[0]).shape;
    rank_ = x ? x->rank() : 1;  // of what is made: where it is not known, the least
    return true;
  }

  // The other input of a Mul or Add, if it stretches to all rows.
  std::optional<ValueId> factor(NodeId id, ValueId one) const {
    const std::vector<ValueId>& inputs = graph_.node(id).inputs;
    const ValueId other = inputs[0] == one ? inputs[1] : inputs[0];
    if (other == one || !is_float(graph_, other) || !is_one_or(graph_, other, columns_, rank_)) {
      return std::nullopt;
    }
    return other;
  }

  Graph& graph_;
  NodeId product_;
  int64_t columns_ = 0;
  int rank_ = 0;
  std::vector<NodeId> chain_;
  ValueId scale_ = kNoValue, bias_ = kNoValue;
};

}  // namespace

Status fuse_matmul_integer(Graph& graph) {
  for (const NodeId id : graph.live_nodes()) {
    if (graph.node(id).op != Op::kMatMulInteger) continue;
    Fusion fusion(graph, id);
    if (fusion.is_possible()) fusion.apply();
  }
  return {};
}

}  // namespace octavo
