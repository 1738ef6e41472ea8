//   x, w -> MatMulInteger -> Cast -> Mul(scale) -> Add(bias) -> y
//   x, w -> MatMulIntegerToFloat(scale, bias)                -> y
//
// What dynamic quantization leaves of a MatMul, and of a Conv with ConvInteger:
// DynamicQuantizeLinear stays, and serves all products of its x. Not where w is no constant matrix
// or kernel, where scale or bias are neither one number nor one a column (output channel), or where
// somebody else sees what lies between; without an Add there is no bias.
#include <optional>

#include "runtime/lower/lower.h"

namespace octavo {
namespace {

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
    if (!is_product_of_constant(node)) return;
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
    node.op = node.op == Op::kConvInteger ? Op::kConvIntegerToFloat : Op::kMatMulIntegerToFloat;
    node.op_type = name_of(node.op);
    node.inputs.resize(4, kNoValue);
    node.inputs.push_back(scale_);
    if (bias_ != kNoValue) node.inputs.push_back(bias_);
    node.outputs = {y};
    graph_.add_node(std::move(node));
  }

 private:
  bool is_product_of_constant(const Node& node) {
    const Constant* w = graph_.constant(node.inputs[1]);
    if (!w || w->count() == 0) return false;
    const int rank = w->shape().rank();
    if (node.op == Op::kConvInteger ? rank < 3 || rank > 4 : rank != 2) return false;
    // Columns lie along the last axis of y; output channels have their pixels behind them.
    behind_ = node.op == Op::kConvInteger ? rank - 2 : 0;
    columns_ = w->shape()[node.op == Op::kConvInteger ? 0 : 1];
    if (const ValueId zero = input_of(node, 2); zero != kNoValue) {
      const auto& shape = graph_.value(zero).shape;  // one a row is rare
      if (!shape || !shape->is_static() || shape->count() != 1) return false;
    }
    if (const ValueId zero = input_of(node, 3); zero != kNoValue) {
      const auto& shape = graph_.value(zero).shape;
      const bool known = graph_.is_constant(zero) && shape->rank() <= 1;
      if (!known || (shape->count() != 1 && shape->count() != columns_)) return false;
    }
    const auto& x = graph_.value(node.inputs[0]).shape;
    rank_ = x ? x->rank() : 1;  // of what is made: where it is not known, the least
    return true;
  }

  // The other input of a Mul or Add, if it is one number, or stretches one a column to all rows.
  std::optional<ValueId> factor(NodeId id, ValueId one) const {
    const std::vector<ValueId>& inputs = graph_.node(id).inputs;
    const ValueId other = inputs[0] == one ? inputs[1] : inputs[0];
    if (other == one || !is_float(graph_, other)) return std::nullopt;
    const auto& shape = graph_.value(other).shape;
    if (!shape || !shape->is_static() || shape->rank() > rank_) return std::nullopt;
    if (shape->count() == 1) return other;
    const int axis = shape->rank() - 1 - behind_;
    const bool by_column = shape->count() == columns_ && axis >= 0 && (*shape)[axis] == columns_;
    return by_column ? std::optional(other) : std::nullopt;
  }

  Graph& graph_;
  NodeId product_;
  int64_t columns_ = 0;
  int rank_ = 0, behind_ = 0;
  std::vector<NodeId> chain_;
  ValueId scale_ = kNoValue, bias_ = kNoValue;
};

}  // namespace

Status fuse_integer_products(Graph& graph) {
  for (const NodeId id : graph.live_nodes()) {
    const Op op = graph.node(id).op;
    if (op != Op::kMatMulInteger && op != Op::kConvInteger) continue;
    Fusion fusion(graph, id);
    if (fusion.is_possible()) fusion.apply();
  }
  return {};
}

}  // namespace octavo
