// Marks the nodes that become integer: those whose operator's role allows it, that the recipe does
// not exclude, and that have what integers need (constant weights, ranges).
//
// Products of activations and weights start from any float. All other operators gain nothing by
// themselves, so they follow: at least one of their inputs must come from a marked node.
#include <algorithm>

#include "graph/ops.h"
#include "quant/clamps.h"
#include "quant/compute_layout.h"
#include "quant/params.h"
#include "quant/stages.h"

namespace octavo {
namespace {

// Why the node cannot be quantized; empty where it can.
using Refusal = std::string;

// [outputs], or with dimensions of 1 before it.
bool is_one_per_output(const Constant& bias, int64_t outputs) {
  const Shape& shape = bias.shape();
  return shape.rank() > 0 && bias.count() == outputs && shape[shape.rank() - 1] == outputs;
}

class Chooser {
 public:
  explicit Chooser(const QuantizeState& state) : state_(state), graph_(state.graph) {}

  Refusal refuse(const Node& node) const {
    const Rule& rule = rule_of(node.op);
    if (!rule.check) return node.op_type + " stays in float";
    if (node.outputs[0] == kNoValue) return "its first output is not used";
    const NodeId clamp = rule.takes_in_clamps ? foldable_clamp(graph_, node.outputs[0]) : kNoNode;
    if (const Refusal refusal = refuse_excluded(node, clamp); !refusal.empty()) return refusal;
    if (const Refusal refusal = (this->*rule.check)(node); !refusal.empty()) return refusal;
    if (!rule.has_own_range || (clamp == kNoNode && ends_in_float(node))) return {};
    return refuse_unranged(clamp == kNoNode ? node.outputs[0] : graph_.node(clamp).outputs[0]);
  }

  // Whether the clamp is part of the marked node before it.
  bool folds(const Node& clamp) const {
    if (info_of(clamp.op).role != Role::kClamp) return false;
    const NodeId before = graph_.producer(clamp.inputs[0]);
    const std::optional<Range> bounds = clamp_bounds(graph_, clamp);
    if (!bounds || !saturates_at(*bounds, ActivationType(state_.recipe))) return false;
    return state_.is_quantized(before) && rule_of(graph_.node(before).op).takes_in_clamps &&
           foldable_clamp(graph_, clamp.inputs[0]) != kNoNode;
  }

 private:
  struct Rule {
    Refusal (Chooser::*check)(const Node&) const;
    bool has_own_range;    // of the output; others have their input's scale
    bool takes_in_clamps;  // Its saturation can do the work of a Relu that follows. Not of Concat:
                           // what is joined unchanged is not saturated again.
  };
  static const Rule kRules[];  // by Role

  static const Rule& rule_of(Op op) { return kRules[static_cast<size_t>(info_of(op).role)]; }

  bool is_float(ValueId id) const { return graph_.value(id).dtype == DType::kFloat32; }
  bool is_integer(ValueId id) const { return state_.is_quantized(graph_.producer(id)); }

  // A product that nothing follows which could be quantized gives floats: see assign_params.
  bool ends_in_float(const Node& node) const {
    if (node.op != Op::kGemm && node.op != Op::kMatMul) return false;
    const std::vector<NodeId>& readers = graph_.consumers(node.outputs[0]);
    return std::all_of(readers.begin(), readers.end(),
                       [&](NodeId id) { return !rule_of(graph_.node(id).op).check; });
  }

  Refusal refuse_unranged(ValueId id) const {
    const Value& value = graph_.value(id);
    if (is_float(id) && state_.ranges.count(value.name)) return {};
    return "calibration gave no range for '" + value.name + "'";
  }

  // A clamp that is to stay in float keeps the node before it there too: together they are one
  // layer.
  Refusal refuse_excluded(const Node& node, NodeId clamp) const {
    const std::string by = excluded_by(state_.recipe, graph_, node);
    if (!by.empty()) return "excluded by '" + by + "'";
    if (clamp == kNoNode) return {};
    const std::string clamp_by = excluded_by(state_.recipe, graph_, graph_.node(clamp));
    if (clamp_by.empty()) return {};
    return "its " + graph_.node(clamp).op_type + " is excluded by '" + clamp_by + "'";
  }

  Refusal check_compute(const Node& node) const {
    const std::optional<ComputeLayout> layout = compute_layout(graph_, node);
    if (!layout) return "its weights are not a constant of known form";
    if (const Refusal refusal = check_gemm(node); !refusal.empty()) return refusal;
    if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
      const Constant* bias = graph_.constant(node.inputs[2]);
      if (!bias || bias->dtype() != DType::kFloat32 || !is_one_per_output(*bias, layout->outputs)) {
        return "its bias is not one constant for each output channel";
      }
    }
    if (graph_.is_constant(node.inputs[0])) return "its input is constant";
    return is_integer(node.inputs[0]) ? Refusal() : refuse_unranged(node.inputs[0]);
  }

  Refusal check_gemm(const Node& node) const {
    if (node.op != Op::kGemm) return {};
    const bool plain = node.attrs.get_int("transA", 0) == 0 &&
                       node.attrs.get_float("alpha", 1) == 1 &&
                       node.attrs.get_float("beta", 1) == 1;
    return plain ? Refusal() : "integer Gemm needs transA 0, alpha 1 and beta 1";
  }

  // At least one integer input; the others are constants or can be quantized.
  Refusal check_joins(const Node& node) const {
    if (std::none_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId id) { return is_integer(id); })) {
      return "its inputs are not quantized";
    }
    for (ValueId id : node.inputs) {
      if (graph_.is_constant(id) && is_float(id)) continue;
      if (is_integer(id)) continue;
      if (const Refusal refusal = refuse_unranged(id); !refusal.empty()) return refusal;
    }
    return {};
  }

  Refusal check_follows(const Node& node) const {
    return is_integer(node.inputs[0]) ? Refusal() : "its input is not quantized";
  }

  // Of averages only those over pictures: means within transformers feed normalizations, where
  // eight bits are not enough.
  Refusal check_pool(const Node& node) const {
    if (node.op == Op::kReduceMean) {
      const Tensor* axes = node.inputs.size() > 1 ? graph_.held_constant(node.inputs[1]) : nullptr;
      const auto& shape = graph_.value(node.inputs[0]).shape;
      const std::vector<int64_t> over = axes ? axes->integers() : std::vector<int64_t>();
      const bool spatial = shape && shape->rank() == 4 && over.size() == 2 &&
                           std::min(over[0] & 3, over[1] & 3) == 2 &&  // & 3: -2 is 2, -1 is 3
                           std::max(over[0] & 3, over[1] & 3) == 3;
      if (!spatial) return "its mean is not over height and width";
    }
    return check_follows(node);
  }

  const QuantizeState& state_;
  const Graph& graph_;
};

const Chooser::Rule Chooser::kRules[] = {
    {&Chooser::check_compute, true, true},    // kCompute
    {&Chooser::check_joins, true, true},      // kBinary
    {&Chooser::check_follows, false, false},  // kShare
    {&Chooser::check_joins, true, false},     // kConcat
    {&Chooser::check_follows, true, false},   // kClamp, where it is not folded
    {&Chooser::check_pool, true, true},       // kPool
    {&Chooser::check_follows, true, true},    // kUnary
    {nullptr, false, false},                  // kOther
};

}  // namespace

Status choose_nodes(QuantizeState& state) {
  const Graph& graph = state.graph;
  state.quantized.assign(graph.node_count(), false);
  const Chooser chooser(state);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph.topological_order());
  for (NodeId id : order) {
    const Node& node = graph.node(id);
    NodeSummary line{node.name, node.op_type, true, {}};
    if (chooser.folds(node)) {
      state.folded.push_back(id);
      line.reason = "folded into '" + graph.node(graph.producer(node.inputs[0])).name + "'";
    } else {
      line.reason = chooser.refuse(node);
      line.quantized = line.reason.empty();
    }
    state.quantized[static_cast<size_t>(id)] = line.quantized;
    state.summary.push_back(std::move(line));
  }
  return {};
}

}  // namespace octavo
