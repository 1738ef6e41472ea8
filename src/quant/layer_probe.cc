#include "quant/layer_probe.h"

#include <string_view>

#include "quant/float_view.h"

namespace octavo {
namespace {

// What quantizers append to the name of a float value: ours, then ONNX Runtime's.
constexpr std::string_view kSuffixes[] = {
    "_q", "_unquantized", "_flat", "_QuantizeLinear_Output", "_DequantizeLinear_Output",
};

// The activation of the float graph that has this name, or has it without a quantizer's suffix.
ValueId find_counterpart(const Graph& graph, std::string_view name) {
  ValueId found = graph.find_value(std::string(name));
  for (size_t i = 0; found == kNoValue && i < std::size(kSuffixes); ++i) {
    if (!name.ends_with(kSuffixes[i])) continue;
    found = graph.find_value(std::string(name.substr(0, name.size() - kSuffixes[i].size())));
  }
  return found == kNoValue || graph.is_constant(found) ? kNoValue : found;
}

bool only_changes_form(Op op) {
  return op == Op::kQuantizeLinear || op == Op::kDequantizeLinear || op == Op::kRequantize;
}

bool is_readable(const Value& value) {
  return value.dtype == DType::kFloat32 || (value.quant && value.quant->per_tensor());
}

// "Conv" also of a QLinearConv.
std::string people_call_it(const Node& node) {
  constexpr std::string_view kPrefix = "QLinear";
  const std::string name = node.op_type.empty() ? name_of(node.op) : node.op_type;
  return name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : name;
}

std::vector<ValueId> find_counterparts(const Graph& from, const Graph& to) {
  std::vector<ValueId> counterparts(from.value_count(), kNoValue);
  for (size_t i = 0; i < counterparts.size(); ++i) {
    const Value& value = from.value(static_cast<ValueId>(i));
    if (!value.constant) counterparts[i] = find_counterpart(to, value.name);
  }
  return counterparts;
}

}  // namespace

std::vector<LayerPair> pair_layers(const Plan& float_plan, const Plan& quantized) {
  std::vector<LayerPair> layers;
  std::vector<bool> taken(float_plan.graph.value_count());
  for (const Step& step : quantized.steps) {
    const Node& node = quantized.graph.node(step.node);
    if (only_changes_form(node.op) || step.outputs[0] == kNoValue) continue;
    const ValueId reference =
        find_counterpart(float_plan.graph, quantized.graph.value(step.outputs[0]).name);
    if (reference == kNoValue || !is_readable(quantized.graph.value(step.outputs[0]))) continue;
    if (taken[static_cast<size_t>(reference)]) continue;
    taken[static_cast<size_t>(reference)] = true;
    layers.push_back({step.outputs[0], reference, node.name, people_call_it(node)});
  }
  return layers;
}

LayerProbe::LayerProbe(std::shared_ptr<const Plan> float_plan,
                       std::shared_ptr<const Plan> quantized, const std::vector<LayerPair>& layers,
                       ValueFactors factors)
    : float_executor_(float_plan),
      quantized_executor_(quantized),
      counterparts_(find_counterparts(quantized->graph, float_plan->graph)),
      layer_of_(quantized->graph.value_count(), -1),
      layer_count_(layers.size()),
      factors_(std::move(factors)),
      references_(float_plan->graph.value_count()),
      wanted_(float_plan->graph.value_count()) {
  for (ValueId id : counterparts_) {
    if (id != kNoValue) wanted_[static_cast<size_t>(id)] = true;
  }
  for (size_t i = 0; i < layers.size(); ++i) {
    layer_of_[static_cast<size_t>(layers[i].quantized)] = static_cast<int>(i);
  }
}

void LayerProbe::keep(ValueId id, const Value& value, TensorView view) {
  if (!wanted_[static_cast<size_t>(id)]) return;
  std::vector<float>& reference = references_[static_cast<size_t>(id)];
  if (!read_floats(value, view, reference)) return reference.clear();
  const auto equalized = factors_.channels.find(value.name);
  if (equalized != factors_.channels.end()) {
    divide_channels(reference, view.shape[0], equalized->second);
  }
  const auto smoothed = factors_.features.find(value.name);
  if (smoothed != factors_.features.end()) divide_features(reference, smoothed->second);
}

const std::vector<float>* LayerProbe::reference_of(ValueId quantized, TensorView view) const {
  const ValueId id = counterparts_[static_cast<size_t>(quantized)];
  if (id == kNoValue) return nullptr;
  const std::vector<float>& reference = references_[static_cast<size_t>(id)];
  // Elements alone: a value may lack or have dimensions of 1 that the other has not.
  const bool fits = !reference.empty() && std::ssize(reference) == view.count();
  return fits ? &reference : nullptr;
}

Result<std::vector<LayerMoments>> LayerProbe::run(std::span<const TensorView> inputs,
                                                  std::vector<TensorStatistics>& values) {
  std::vector<LayerMoments> moments(layer_count_);
  values.resize(layer_count_);
  std::vector<float> floats;
  const auto measure = [&](ValueId id, const Value& value, TensorView view,
                           ErrorMoments LayerMoments::* member) {
    const int layer = layer_of_[static_cast<size_t>(id)];
    const std::vector<float>* reference = layer < 0 ? nullptr : reference_of(id, view);
    if (!reference || !read_floats(value, view, floats)) return;
    (moments[static_cast<size_t>(layer)].*member).add(*reference, floats);
    const bool first = member == &LayerMoments::accumulated;
    if (first && value.quant) values[static_cast<size_t>(layer)].add(*reference, *value.quant);
  };

  const Tap keep_all = [&](ValueId id, const Value& value, TensorView view) {
    keep(id, value, view);
  };
  OCTAVO_RETURN_IF_ERROR(float_executor_.run(inputs, keep_all).status());

  const Tap look = [&](ValueId id, const Value& value, TensorView view) {
    measure(id, value, view, &LayerMoments::accumulated);
  };
  OCTAVO_RETURN_IF_ERROR(quantized_executor_.run(inputs, look).status());

  const Tap replace = [&](ValueId id, const Value& value, TensorView view) {
    measure(id, value, view, &LayerMoments::own);
    if (const std::vector<float>* reference = reference_of(id, view)) {
      write_floats(value, *reference, view);
    }
  };
  OCTAVO_RETURN_IF_ERROR(quantized_executor_.run(inputs, replace).status());
  return moments;
}

}  // namespace octavo
