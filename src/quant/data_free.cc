#include "quant/data_free.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/ops.h"
#include "quant/clamps.h"
#include "quant/compute_layout.h"

namespace octavo {
namespace {

using Channels = std::vector<Expected>;
using Found = std::optional<Channels>;

Expected normal_within(const Moments& moments, double deviations) {
  const double reach = deviations * std::sqrt(moments.variance);
  return {moments, moments.mean - reach, moments.mean + reach};
}

Expected of_uniform(Range range) {
  const double width = static_cast<double>(range.max) - range.min;
  return {
      {(static_cast<double>(range.min) + range.max) / 2, width * width / 12}, range.min, range.max};
}

// Of `count` things, of which each channel has as many.
const Expected& at(const Channels& channels, size_t i, size_t count) {
  return channels[i * channels.size() / count];
}

// One for all channels.
Expected mixed(const Channels& channels) {
  Expected all = channels[0];
  double mean = 0, square = 0;
  for (const Expected& one : channels) {
    mean += one.moments.mean;
    square += one.moments.variance + one.moments.mean * one.moments.mean;
    all.low = std::min(all.low, one.low);
    all.high = std::max(all.high, one.high);
  }
  const auto count = static_cast<double>(channels.size());
  mean /= count;
  all.moments = {mean, std::max(0.0, square / count - mean * mean)};
  return all;
}

class Walk {
 public:
  Walk(const Graph& graph, const Normalized& normalized, const Ranges& known, double deviations)
      : graph_(graph), deviations_(deviations), found_(graph.value_count()) {
    for (size_t i = 0; i < graph.value_count(); ++i) {
      const std::string& name = graph.value(static_cast<ValueId>(i)).name;
      if (const auto of = normalized.find(name); of != normalized.end()) {
        Channels channels;
        for (const Moments& moments : of->second) channels.push_back(of_normal(moments));
        found_[i] = std::move(channels);
      } else if (const auto range = known.find(name); range != known.end()) {
        found_[i] = Channels{of_uniform(range->second.range)};
      }
    }
  }

  Status go() {
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph_.topological_order());
    for (const NodeId id : order) {
      const Node& node = graph_.node(id);
      if (node.outputs.empty() || node.outputs[0] == kNoValue) continue;
      Found& out = found_[static_cast<size_t>(node.outputs[0])];
      if (!out) {
        OCTAVO_ASSIGN_OR_RETURN(out, output_of(node));
      }
      if (node.op != Op::kSplit || !out) continue;
      for (const ValueId other : node.outputs) {
        if (other != kNoValue) found_[static_cast<size_t>(other)] = Channels{mixed(*out)};
      }
    }
    return {};
  }

  Expectations take() {
    Expectations all;
    for (size_t i = 0; i < found_.size(); ++i) {
      if (found_[i]) all[graph_.value(static_cast<ValueId>(i)).name] = *std::move(found_[i]);
    }
    return all;
  }

 private:
  const Found& in(const Node& node, size_t i) const {
    static const Found kNone;
    const ValueId id = i < node.inputs.size() ? node.inputs[i] : kNoValue;
    return id == kNoValue ? kNone : found_[static_cast<size_t>(id)];
  }

  Expected of_normal(const Moments& moments) const { return normal_within(moments, deviations_); }

  Result<Found> output_of(const Node& node) const {
    switch (node.op) {
      case Op::kAdd:
        return sum(node);
      case Op::kConv:
      case Op::kGemm:
      case Op::kMatMul:
        return product(node);
      case Op::kResize:
        return in(node, 0);
      case Op::kPad:
        return padded(node);
      default:
        break;
    }
    switch (info_of(node.op).role) {
      case Role::kPool:
        return in(node, 0);
      case Role::kShare:
        return moved(node);
      case Role::kClamp:
        return cut(node);
      case Role::kConcat:
        return joined(node);
      default:
        return Found();
    }
  }

  // Channels of a value: its second dimension; 0 where that is not known.
  size_t channels_of(ValueId id) const {
    const auto& shape = graph_.value(id).shape;
    if (!shape || shape->rank() < 2 || (*shape)[1] <= 0) return 0;
    return static_cast<size_t>((*shape)[1]);
  }

  Found moved(const Node& node) const {
    const Found& x = in(node, 0);
    if (!x || x->size() == 1) return x;
    const size_t before = channels_of(node.inputs[0]), after = channels_of(node.outputs[0]);
    const bool kept = before != 0 && (node.op == Op::kFlatten || node.op == Op::kReshape
                                          ? after % before == 0 && after != 0
                                          : after == before && node.op != Op::kTranspose);
    return kept ? x : Channels{mixed(*x)};
  }

  Found padded(const Node& node) const {
    Found x = in(node, 0);
    if (!x) return x;
    for (Expected& one : *x) {
      one.low = std::min(one.low, 0.0);
      one.high = std::max(one.high, 0.0);
    }
    return x;
  }

  Found cut(const Node& node) const {
    const std::optional<Range> bounds = clamp_bounds(graph_, node);
    Found x = in(node, 0);
    if (!x || !bounds || bounds->max < bounds->min) return {};
    for (Expected& one : *x) {
      one.moments = clipped(one.moments, *bounds);
      one.low = std::clamp<double>(one.low, bounds->min, bounds->max);
      one.high = std::clamp<double>(one.high, bounds->min, bounds->max);
    }
    return x;
  }

  Found sum(const Node& node) const {
    const Found &a = in(node, 0), &b = in(node, 1);
    if (!a || !b) return {};
    const size_t count = std::max(a->size(), b->size());
    if (count % a->size() != 0 || count % b->size() != 0) return {};
    Channels channels;
    for (size_t c = 0; c < count; ++c) {
      const Expected &one = at(*a, c, count), &other = at(*b, c, count);
      Expected both = of_normal(
          {one.moments.mean + other.moments.mean, one.moments.variance + other.moments.variance});
      both.low = std::max(both.low, one.low + other.low);
      both.high = std::min(both.high, one.high + other.high);
      channels.push_back(both);
    }
    return channels;
  }

  Found joined(const Node& node) const {
    const auto& shape = graph_.value(node.outputs[0]).shape;
    int64_t axis = node.attrs.get_int("axis", 0);
    if (axis < 0 && shape) axis += shape->rank();
    Channels all;
    bool by_channel = axis == 1;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      const Found& x = in(node, i);
      const size_t count = channels_of(node.inputs[i]);
      if (!x) return {};
      by_channel &= count != 0 && count % x->size() == 0;
      for (size_t c = 0; c < std::max<size_t>(count, 1); ++c) {
        all.push_back(at(*x, c, std::max<size_t>(count, 1)));
      }
    }
    return by_channel ? all : Channels{mixed(all)};
  }

  // sum of w x + b, x independent.
  Result<Found> product(const Node& node) const {
    const Found& x = in(node, 0);
    const std::optional<ComputeLayout> layout = compute_layout(graph_, node);
    const bool plain =
        node.attrs.get_int("transA", 0) == 0 && node.attrs.get_float("alpha", 1) == 1;
    if (!x || !layout || !plain) return Found();
    OCTAVO_ASSIGN_OR_RETURN(const Tensor w, graph_.constant(node.inputs[1])->read());
    const auto outputs = static_cast<size_t>(layout->channels);
    const size_t depth = static_cast<size_t>(w.count()) / outputs;  // weights of each
    const auto groups = static_cast<size_t>(
        node.op == Op::kConv ? std::max<int64_t>(1, node.attrs.get_int("group", 1)) : 1);
    if (outputs % groups != 0 || depth * groups % x->size() != 0) return Found();
    const Tensor* bias = node.inputs.size() > 2 ? graph_.held_constant(node.inputs[2]) : nullptr;
    const bool biased =
        bias && bias->dtype() == DType::kFloat32 && static_cast<size_t>(bias->count()) == outputs;
    Channels channels;
    for (size_t m = 0; m < outputs; ++m) {
      Moments moments{biased ? bias->values<float>()[m] : 0, 0};
      const size_t first = m / (outputs / groups) * depth;  // of its group's inputs
      for (size_t k = 0; k < depth; ++k) {
        const double weight =
            w.values<float>()[layout->axis == 0 ? m * depth + k : k * outputs + m];
        const Moments& of = at(*x, first + k, depth * groups).moments;
        moments.mean += weight * of.mean;
        moments.variance += weight * weight * of.variance;
      }
      channels.push_back(of_normal(moments));
    }
    return Found(std::move(channels));
  }

  const Graph& graph_;
  double deviations_;
  std::vector<Found> found_;  // by value
};

}  // namespace

Result<Expectations> expect(const Graph& graph, const Normalized& normalized, const Ranges& known,
                            double deviations) {
  Walk walk(graph, normalized, known, deviations);
  OCTAVO_RETURN_IF_ERROR(walk.go());
  return walk.take();
}

Result<Ranges> ranges_without_samples(const Graph& graph, const Normalized& normalized,
                                      Ranges known) {
  if (normalized.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  "the model has no BatchNormalization that ranges could follow from: exporters "
                  "often draw it into the weights. Give samples or a file of ranges, use the "
                  "scheme dynamic, or export the model in training mode, where it is kept");
  }
  OCTAVO_ASSIGN_OR_RETURN(const Expectations expected, expect(graph, normalized, known));
  for (const auto& [name, channels] : expected) {
    const Expected all = mixed(channels);
    const Range range = {static_cast<float>(all.low), static_cast<float>(all.high)};
    const bool real = graph.value(graph.find_value(name)).dtype == DType::kFloat32;
    if (!real || !std::isfinite(range.min) || !std::isfinite(range.max)) continue;
    known.emplace(name, ValueRange{range, 0, "batch_normalization"});
  }
  return known;
}

}  // namespace octavo
