#include "quant/layer_ranges.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"

namespace octavo {
namespace {

constexpr float kSame = 1.1f;  // scales that differ by less are one candidate

bool are_alike(const QuantParams& a, const QuantParams& b) {
  const auto [less, more] = std::minmax(a.scale[0], b.scale[0]);
  return more <= less * kSame && a.zero_point == b.zero_point;
}

void round_to_integers(const QuantParams& params, TensorView view) {
  const float scale = params.scale[0];
  const auto zero_point = static_cast<float>(params.zero_point[0]);
  const auto least = static_cast<float>(params.qmin), most = static_cast<float>(params.qmax);
  auto* const x = static_cast<float*>(view.data);
  const auto count = static_cast<size_t>(view.shape.count());
  for (size_t i = 0; i < count; ++i) {
    const float q = std::clamp(round_half_even(x[i] / scale) + zero_point, least, most);
    x[i] = scale * (q - zero_point);
  }
}

}  // namespace

ActivationParams activation_params_of(const Graph& quantized) {
  ActivationParams params;
  for (const NodeId id : quantized.live_nodes()) {
    const Node& node = quantized.node(id);
    if (node.op != Op::kQuantizeLinear) continue;
    const auto& quant = quantized.value(node.outputs[0]).quant;
    if (quant && quant->per_tensor()) params[quantized.value(node.inputs[0]).name] = *quant;
  }
  return params;
}

LayerRanges::LayerRanges(SampleRuns runs, std::vector<RangeChoice> choices,
                         std::vector<ActivationParams> params)
    : runs_(std::move(runs)),
      choices_(std::move(choices)),
      params_(std::move(params)),
      quantized_(runs_.plan().graph.value_count()),
      ranges_(choices_[0].ranges) {
  const Graph& graph = runs_.plan().graph;
  const auto add = [&](ValueId id, size_t step) {
    if (id == kNoValue) return;
    const std::string& name = graph.value(id).name;
    Candidates value{id, name, step, {}};
    for (size_t i = 0; i < choices_.size(); ++i) {
      const auto found = params_[i].find(name);
      if (found == params_[i].end() || !choices_[i].ranges.contains(name)) continue;
      const auto same = [&](size_t j) { return are_alike(params_[j].at(name), found->second); };
      if (std::none_of(value.choices.begin(), value.choices.end(), same)) {
        value.choices.push_back(i);
      }
    }
    if (!value.choices.empty()) values_.push_back(std::move(value));
  };
  for (const ValueId id : graph.inputs) add(id, 0);
  for (size_t i = 0; i < runs_.plan().steps.size(); ++i) {
    for (const ValueId id : runs_.plan().steps[i].outputs) add(id, i);
  }
}

Tap LayerRanges::tap() const {
  return [this](ValueId id, const Value&, TensorView view) {
    const QuantParams* const params = quantized_[static_cast<size_t>(id)];
    if (params && view.dtype == DType::kFloat32) round_to_integers(*params, view);
  };
}

Status LayerRanges::step(const Judge& judge) {
  const Candidates& value = values_[next_++];
  const QuantParams*& used = quantized_[static_cast<size_t>(value.id)];
  const auto use = [&](size_t choice) { used = &params_[choice].at(value.name); };
  size_t best = value.choices[0];
  if (value.choices.size() > 1) {
    OCTAVO_RETURN_IF_ERROR(runs_.keep(value.step, tap()));
    use(best);
    OCTAVO_ASSIGN_OR_RETURN(Verdict nearest, judge.of(runs_, tap()));
    for (auto other = value.choices.begin() + 1; other != value.choices.end(); ++other) {
      use(*other);
      OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge.of(runs_, tap()));
      if (!is_nearer(verdict, nearest)) continue;
      nearest = verdict;
      best = *other;
    }
  }
  use(best);
  ranges_[value.name] = choices_[best].ranges.at(value.name);
  return {};
}

}  // namespace octavo
