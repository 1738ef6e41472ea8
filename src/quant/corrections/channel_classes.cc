#include "quant/corrections/channel_classes.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "quant/clamps.h"
#include "quant/compute_layout.h"

namespace octavo {
namespace {

constexpr int64_t kMostChannels = 1 << 16;  // of a value
constexpr size_t kMostElements = 1 << 22;   // of all values: shapes are what a file says

// No factor for more, nor for what is not (N, C, ...) floats that are made while running.
int64_t channels_of(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  if (value.constant || value.dtype != DType::kFloat32) return 0;
  if (!value.shape || value.shape->rank() < 2) return 0;
  const int64_t count = (*value.shape)[1];
  return count > 0 && count <= kMostChannels ? count : 0;
}

bool is_one_pixel(const std::optional<Shape>& shape) {
  const auto is_one = [](int64_t length) { return length == 1; };
  return shape && shape->rank() >= 2 &&
         std::all_of(shape->dims().begin() + 2, shape->dims().end(), is_one);
}

bool is_used_once(const Graph& graph, ValueId constant) {
  return graph.consumers(constant).size() == 1 && !graph.is_output(constant);
}

}  // namespace

ChannelClasses::ChannelClasses(const Graph& graph, const std::vector<std::string>& fixed)
    : graph_(graph) {
  count_channels();
  for (const NodeId id : graph.live_nodes()) follow(id);
  fix(graph.inputs);
  fix(graph.outputs);
  for (const std::string& name : fixed) fix({graph.find_value(name)});
  number();
}

void ChannelClasses::count_channels() {
  size_t elements = 0;
  for (size_t v = 0; v < graph_.value_count(); ++v) {
    const int64_t count = channels_of(graph_, static_cast<ValueId>(v));
    counts_.push_back(elements + static_cast<size_t>(count) <= kMostElements ? count : 0);
    firsts_.push_back(elements);
    elements += static_cast<size_t>(counts_.back());
  }
  parents_.resize(elements);
  std::iota(parents_.begin(), parents_.end(), size_t{0});
  fixed_.assign(elements, false);
  ceilings_.assign(elements, std::numeric_limits<float>::infinity());
}

void ChannelClasses::follow(NodeId id) {
  const Node& node = graph_.node(id);
  if (takes_factors(node)) {
    products_.push_back(id);
  } else if (!joins(node)) {
    fix(node.inputs);
    fix(node.outputs);
  }
}

// Of a product without others that share its weights or bias.
bool ChannelClasses::takes_factors(const Node& node) const {
  const auto layout = compute_layout(graph_, node);
  if (!layout || (node.op != Op::kConv && node.op != Op::kGemm)) return false;
  const bool plain = node.attrs.get_int("transA", 0) == 0 &&
                     node.attrs.get_float("alpha", 1) == 1 && node.attrs.get_float("beta", 1) == 1;
  if (!plain || !is_used_once(graph_, node.inputs[1])) return false;
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    const Constant* bias = graph_.constant(node.inputs[2]);
    if (!bias || bias->dtype() != DType::kFloat32 || bias->count() != layout->outputs ||
        bias->shape()[bias->shape().rank() - 1] != layout->outputs ||
        !is_used_once(graph_, node.inputs[2])) {
      return false;
    }
  }
  const Shape& w = graph_.constant(node.inputs[1])->shape();
  const int64_t group = node.attrs.get_int("group", 1);
  const int64_t inputs = node.op == Op::kConv ? w[1] * group : w[layout->axis == 0 ? 1 : 0];
  return channels(node.inputs[0]) == inputs && channels(node.outputs[0]) == layout->outputs &&
         group > 0 && layout->outputs % group == 0;
}

// False where what the node does with channels lets none of them be scaled.
bool ChannelClasses::joins(const Node& node) {
  const auto has_channels = [&](ValueId id) { return id != kNoValue && channels(id) > 0; };
  if (node.inputs.empty() || !has_channels(node.inputs[0]) || !has_channels(node.outputs[0])) {
    return false;
  }
  const ValueId x = node.inputs[0], y = node.outputs[0];
  switch (node.op) {
    case Op::kRelu:
    case Op::kLeakyRelu:
    case Op::kIdentity:
    case Op::kMaxPool:
    case Op::kAveragePool:
    case Op::kGlobalMaxPool:
    case Op::kGlobalAveragePool:
      return join_alike(x, y);
    case Op::kPRelu:
      return graph_.is_constant(node.inputs[1]) && join_alike(x, y);
    case Op::kClip: {
      const std::optional<Range> bounds = clamp_bounds(graph_, node);
      if (!bounds || bounds->min != 0 || !(bounds->max > 0) || !join_alike(x, y)) return false;
      for (int64_t c = 0; c < channels(y); ++c) ceilings_[element(y, c)] = bounds->max;
      return true;
    }
    case Op::kFlatten:
    case Op::kReshape:
    case Op::kSqueeze:
      return is_one_pixel(graph_.value(x).shape) && is_one_pixel(graph_.value(y).shape) &&
             join_alike(x, y);
    case Op::kAdd: {
      const ValueId other = node.inputs[1];
      return has_channels(other) &&
             graph_.value(x).shape->rank() == graph_.value(other).shape->rank() &&
             join_alike(x, y) && join_alike(other, y);
    }
    case Op::kConcat: {
      int64_t sum = 0;
      for (const ValueId input : node.inputs) sum += channels(input);
      if (node.attrs.get_int("axis", 0) != 1 || sum != channels(y)) return false;
      if (!std::all_of(node.inputs.begin(), node.inputs.end(), has_channels)) return false;
      int64_t from = 0;
      for (const ValueId input : node.inputs) {
        join(input, y, from);
        from += channels(input);
      }
      return true;
    }
    default:
      return false;
  }
}

// False where there are not as many.
bool ChannelClasses::join_alike(ValueId x, ValueId y) {
  if (channels(x) != channels(y)) return false;
  join(x, y, 0);
  return true;
}

// x's channels and those of y that begin with `from`.
void ChannelClasses::join(ValueId x, ValueId y, int64_t from) {
  for (int64_t c = 0; c < channels(x); ++c) {
    parents_[find(element(x, c))] = find(element(y, from + c));
  }
}

void ChannelClasses::fix(const std::vector<ValueId>& values) {
  for (const ValueId id : values) {
    for (int64_t c = 0; id != kNoValue && c < channels(id); ++c) fixed_[element(id, c)] = true;
  }
}

size_t ChannelClasses::find(size_t i) {
  while (parents_[i] != i) i = parents_[i] = parents_[parents_[i]];
  return i;
}

// From elements to classes, in the order of their first elements.
void ChannelClasses::number() {
  constexpr size_t kNone = ~size_t{0};
  std::vector<size_t> of_root(parents_.size(), kNone);
  std::vector<bool> fixed;
  std::vector<float> ceilings;
  for (size_t i = 0; i < parents_.size(); ++i) {
    size_t& one = of_root[find(i)];
    if (one == kNone) {
      one = fixed.size();
      fixed.push_back(false);
      ceilings.push_back(std::numeric_limits<float>::infinity());
    }
    classes_.push_back(one);
    fixed[one] = fixed[one] || fixed_[i];
    ceilings[one] = std::min(ceilings[one], ceilings_[i]);
  }
  fixed_ = std::move(fixed);
  ceilings_ = std::move(ceilings);
}

}  // namespace octavo
