#include "quant/fill_ranges.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/ops.h"
#include "quant/calibrate.h"
#include "quant/clamps.h"

namespace octavo {
namespace {

constexpr int kMostRounds = 16;  // forward and back; two or three do, where graphs are not made to

using Found = std::optional<Range>;

// The interval of all results of `f` on the corners of two ranges.
template <typename F>
Range over_corners(Range a, Range b, F f) {
  const auto [least, most] =
      std::minmax({f(a.min, b.min), f(a.min, b.max), f(a.max, b.min), f(a.max, b.max)});
  return {least, most};
}

class Filler {
 public:
  Filler(const Graph& graph, Ranges known) : graph_(graph), ranges_(std::move(known)) {}

  Ranges fill(const std::vector<NodeId>& order) {
    bool more = true;
    for (int round = 0; more && round < kMostRounds; ++round) {
      more = false;
      for (auto id = order.begin(); id != order.end(); ++id) more |= look_forward(graph_.node(*id));
      for (auto id = order.rbegin(); id != order.rend(); ++id) more |= look_back(graph_.node(*id));
    }
    return std::move(ranges_);
  }

 private:
  Found range(ValueId id) const {
    if (id == kNoValue) return {};
    const auto found = ranges_.find(graph_.value(id).name);
    if (found != ranges_.end()) return found->second.range;
    const Tensor* constant = graph_.held_constant(id);
    if (!constant || constant->dtype() != DType::kFloat32 || constant->count() == 0) return {};
    return extremes_of(constant->values<float>());
  }

  bool give(ValueId id, Found range) {
    if (!range || id == kNoValue || graph_.is_constant(id) || this->range(id)) return false;
    if (graph_.value(id).dtype != DType::kFloat32) return false;
    if (!std::isfinite(range->min) || !std::isfinite(range->max)) return false;
    ranges_[graph_.value(id).name] = {*range, 0, "derived"};
    return true;
  }

  Found joined(const Node& node) const {
    Found all = range(node.inputs[0]);
    for (ValueId input : node.inputs) {
      const Found one = range(input);
      if (!all || !one) return {};
      all = Range{std::min(all->min, one->min), std::max(all->max, one->max)};
    }
    return all;
  }

  Found clamped(const Node& node) const {
    const Found in = range(node.inputs[0]);
    const std::optional<Range> bounds = clamp_bounds(graph_, node);
    if (!in || !bounds || bounds->max < bounds->min) return {};
    return Range{std::clamp(in->min, bounds->min, bounds->max),
                 std::clamp(in->max, bounds->min, bounds->max)};
  }

  Found computed(const Node& node) const {
    const Found a = range(node.inputs[0]), b = range(node.inputs[1]);
    if (!a || !b) return {};
    switch (node.op) {
      case Op::kAdd:
        return Range{a->min + b->min, a->max + b->max};
      case Op::kSub:
        return Range{a->min - b->max, a->max - b->min};
      default:
        return over_corners(*a, *b, [](float x, float y) { return x * y; });
    }
  }

  Found output_of(const Node& node) const {
    switch (node.op) {
      case Op::kSigmoid:
      case Op::kHardSigmoid:
      case Op::kSoftmax:
        return Range{0, 1};
      case Op::kTanh:
        return Range{-1, 1};
      case Op::kAdd:
      case Op::kSub:
      case Op::kMul:
        return computed(node);
      default:
        break;
    }
    switch (info_of(node.op).role) {
      case Role::kShare:
      case Role::kPool:  // an average is not beyond what it is of
        return range(node.inputs[0]);
      case Role::kClamp:
        return clamped(node);
      case Role::kConcat:
        return joined(node);
      default:
        return {};
    }
  }

  bool look_forward(const Node& node) {
    return !node.outputs.empty() && give(node.outputs[0], output_of(node));
  }

  // What will share its scale anyway, and what is cut to it anyway.
  bool look_back(const Node& node) {
    const Role role = info_of(node.op).role;
    if (role != Role::kShare && role != Role::kConcat && role != Role::kClamp) return false;
    const Found out = range(node.outputs[0]);
    if (role != Role::kConcat) return is_only_reader(node) && give(node.inputs[0], out);
    bool more = false;
    for (ValueId input : node.inputs) more |= give(input, out);
    return more;
  }

  bool is_only_reader(const Node& node) const {
    const NodeId reader = graph_.only_consumer(node.inputs[0]);
    return reader != kNoNode && &graph_.node(reader) == &node;
  }

  const Graph& graph_;
  Ranges ranges_;
};

// A product that nothing quantizable follows: its output needs no range.
bool gives_floats(const Graph& graph, ValueId id) {
  const NodeId producer = graph.producer(id);
  if (producer == kNoNode) return false;
  const Op op = graph.node(producer).op;
  const std::vector<NodeId>& readers = graph.consumers(id);
  return (op == Op::kGemm || op == Op::kMatMul) &&
         std::all_of(readers.begin(), readers.end(), [&](NodeId reader) {
           return info_of(graph.node(reader).op).role == Role::kOther;
         });
}

}  // namespace

Ranges fill_ranges(const Graph& graph, Ranges known) {
  const Result<std::vector<NodeId>> order = graph.topological_order();
  return order.ok() ? Filler(graph, std::move(known)).fill(*order) : known;
}

std::vector<std::string> values_without_range(const Graph& graph, const Recipe& recipe,
                                              const Ranges& ranges) {
  std::vector<std::string> names = values_to_observe(graph, recipe);
  std::erase_if(names, [&](const std::string& name) {
    return ranges.count(name) != 0 || gives_floats(graph, graph.find_value(name));
  });
  return names;
}

}  // namespace octavo
