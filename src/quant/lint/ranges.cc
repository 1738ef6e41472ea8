// Ranges that hold nothing, or not what they are for.
#include <algorithm>
#include <cstdlib>

#include "quant/compute_layout.h"
#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

constexpr float kTinyScale = 1e-10f;  // of activations: 255 steps of it are nothing
constexpr int kFewSteps = 8;  // a channel whose weights stay below has three bits and a sign
constexpr int kManySteps = 64;
constexpr float kMuchSmaller = 1e6f;  // between channels

// Quantizers give a scale of 1 to what was nothing but zero. Pictures of 0..255 have it rightly.
bool held_nothing(const Graph& graph, const Node& quantize, const QuantParams& params) {
  return params.scale[0] == 1 && !graph.is_input(quantize.inputs[0]);
}

void check_activation(Context& context, const Node& node) {
  const auto params = params_of(context.graph(), node);
  if (!params || !params->per_tensor()) return;
  const bool nothing = held_nothing(context.graph(), node, *params);
  if (!nothing && params->scale[0] >= kTinyScale) return;
  context.find("zero_range", Severity::kWarning, node,
               "the range of '" + context.graph().value(node.inputs[0]).name +
                   "' is nothing but zero: it was constant on all calibration samples",
               "calibrate on samples that make it vary, or leave its node in float (--exclude)");
}

// Largest magnitude of each channel.
std::vector<int> magnitudes(const Tensor& weights, int axis) {
  const Shape& shape = weights.shape();
  const auto channels = static_cast<size_t>(shape[axis]);
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  std::vector<int> most(channels);
  size_t i = 0;
  for (const int8_t w : weights.values<int8_t>()) {
    int& channel = most[i++ / inner % channels];
    channel = std::max(channel, std::abs(int{w}));
  }
  return most;
}

Status check_weights(Context& context, const Node& node) {
  OCTAVO_ASSIGN_OR_RETURN(const auto weights,
                          constant_integers(context.graph(), node.inputs[1], DType::kInt8));
  if (!weights) return {};
  const std::optional<int> axis = channel_axis(node, weights->tensor.shape().rank());
  if (!axis) return {};
  const std::vector<int> most = magnitudes(weights->tensor, *axis);
  const auto below = [&](int steps) {
    return static_cast<size_t>(
        std::count_if(most.begin(), most.end(), [=](int m) { return m < steps; }));
  };
  const size_t dead = below(1);
  if (dead > 0) {
    context.find("zero_weights", Severity::kNote, node,
                 of(dead, most.size(), "output channels") + " have no weight but 0 left",
                 weights->params.per_tensor()
                     ? "give channels scales of their own: --weights per-channel"
                     : "prune them: they give their bias alone");
  }
  const std::vector<float>& scale = weights->params.scale;
  const bool others_are_larger = *std::max_element(most.begin(), most.end()) >= kManySteps;
  if (scale.size() == 1 && below(kFewSteps) > dead && others_are_larger) {
    context.find("starved_channels", Severity::kWarning, node,
                 of(below(kFewSteps) - dead, most.size(), "output channels") +
                     " share one scale with much larger ones and use fewer than 16 of its 255 "
                     "steps",
                 "use --weights per-channel, or equalize channels first");
  }
  const auto [least, largest] = std::minmax_element(scale.begin(), scale.end());
  if (*least > 0 && *largest / *least > kMuchSmaller) {
    context.find("scale_ratio", Severity::kWarning, node,
                 "the scales of its output channels differ by more than a million to one",
                 "look at its weights: the smallest channels are noise");
  }
  return {};
}

}  // namespace

Status check_ranges(Context& context) {
  for (const NodeId id : context.order) {
    const Node& node = context.graph().node(id);
    if (node.op == Op::kQuantizeLinear) check_activation(context, node);
    if (is_product(node)) OCTAVO_RETURN_IF_ERROR(check_weights(context, node));
  }
  return {};
}

}  // namespace octavo::lint_rules
