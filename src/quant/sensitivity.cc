#include "quant/sensitivity.h"

#include <algorithm>

#include "quant/shards.h"

namespace octavo {
namespace {

constexpr int kTimedRuns = 11;

constexpr double kStandsOut = 0.1;  // of the loss
constexpr double kMostWork = 0.2;   // of the multiply-adds, of all that stand out
constexpr size_t kMostLayers = 5;   // their gains overlap: more are for the search (fallback.h)

double of(const std::map<std::string, double>& times, const std::string& name) {
  const auto found = times.find(name);
  return found == times.end() ? 0 : found->second;
}

bool quantizes(const QuantizeResult& made, const std::string& name) {
  return std::any_of(made.nodes.begin(), made.nodes.end(),
                     [&](const NodeSummary& line) { return line.quantized && line.name == name; });
}

}  // namespace

std::optional<double> loss_made(const Sensitivity& found, const LayerSensitivity& layer) {
  if (!layer.alone) return {};
  const double all = found.quantized.distance();
  return all > 0 ? layer.alone->distance() / all : 0;
}

double loss_saved(const Sensitivity& found, const LayerSensitivity& layer) {
  const double all = found.quantized.distance();
  return all > 0 ? 1 - layer.left.distance() / all : 0;
}

double total_macs(const Sensitivity& found) {
  double sum = 0;
  for (const LayerSensitivity& s : found.layers) sum += static_cast<double>(s.layer.macs);
  return sum;
}

std::vector<const LayerSensitivity*> worst_first(const Sensitivity& found) {
  std::vector<const LayerSensitivity*> sorted;
  for (const LayerSensitivity& s : found.layers) sorted.push_back(&s);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const LayerSensitivity* a, const LayerSensitivity* b) {
                     return a->left.distance() < b->left.distance();
                   });
  return sorted;
}

std::vector<const LayerSensitivity*> standing_out(const Sensitivity& found) {
  std::vector<const LayerSensitivity*> few;
  double left = kMostWork * total_macs(found);
  for (const LayerSensitivity* s : worst_first(found)) {
    const auto macs = static_cast<double>(s->layer.macs);
    if (few.size() == kMostLayers || !(loss_saved(found, *s) >= kStandsOut)) break;
    if (macs > left) continue;
    left -= macs;
    few.push_back(s);
  }
  return few;
}

SensitivityAnalysis::SensitivityAnalysis(const Graph& exact, Ranges ranges, const Recipe& recipe,
                                         MakePlan make_plan, int threads)
    : exact_(&exact),
      ranges_(std::move(ranges)),
      recipe_(recipe),
      make_plan_(std::move(make_plan)),
      threads_(threads) {}

Result<SensitivityAnalysis> SensitivityAnalysis::make(const Graph& exact,
                                                      const Calibration& calibration,
                                                      const Recipe& recipe, MakePlan make_plan,
                                                      int threads) {
  if (recipe.scheme != Scheme::kStatic) {
    return Status(
        ErrorCode::kInvalidArgument,
        std::string("sensitivity is of the scheme static, not of ") + name_of(recipe.scheme));
  }
  const Ranges& ranges =
      calibration.choices.empty() ? calibration.ranges : calibration.choices[0].ranges;
  SensitivityAnalysis analysis(exact, ranges, recipe, std::move(make_plan), threads);
  OCTAVO_ASSIGN_OR_RETURN(analysis.all_, analysis.made(recipe));
  return analysis;
}

void SensitivityAnalysis::add(std::vector<Tensor> inputs, int64_t label) {
  if (std::ssize(samples_) == samples()) return;
  // Those of another shape, such as longer texts, would want plans of their own.
  if (!samples_.empty() && shapes_of(samples_[0]) != shapes_of(inputs)) return;
  samples_.push_back(std::move(inputs));
  labels_.push_back(label);
}

Status SensitivityAnalysis::begin() {
  if (samples_.empty()) {
    return {ErrorCode::kCalibrationData,
            "sensitivity is judged on samples, and none could be used"};
  }
  const MakeBoundPlan make_plan = bind_shapes(make_plan_, samples_[0]);
  found_.samples = std::ssize(samples_);
  OCTAVO_ASSIGN_OR_RETURN(
      judge_, Judge::make(*exact_, std::move(samples_), std::move(labels_), make_plan, threads_));
  for (const QuantizedLayer& layer : quantized_layers(all_.nodes, *exact_, *judge_->float_plan())) {
    found_.layers.push_back({layer, {}, {}});
  }
  return {};
}

Status SensitivityAnalysis::step() {
  OCTAVO_RETURN_IF_ERROR(done_ == 0 ? measure_all()
                                    : measure(found_.layers[static_cast<size_t>(done_ - 1)]));
  ++done_;
  return {};
}

Result<QuantizeResult> SensitivityAnalysis::made(const Recipe& recipe) const {
  return quantize(*exact_, ranges_, recipe);
}

Status SensitivityAnalysis::measure_all() {
  OCTAVO_ASSIGN_OR_RETURN(found_.quantized, judge_->of(all_.graph));
  found_.int8_share = int8_share(all_.nodes, *judge_->float_plan());
  const auto& sample = judge_->samples()[0];
  OCTAVO_ASSIGN_OR_RETURN(const auto int8_plan, judge_->make_plan()(all_.graph));
  OCTAVO_ASSIGN_OR_RETURN(const auto before, layer_times(judge_->float_plan(), sample, kTimedRuns));
  OCTAVO_ASSIGN_OR_RETURN(const auto after, layer_times(int8_plan, sample, kTimedRuns));
  for (LayerSensitivity& layer : found_.layers) {
    layer.float_ms = of(before, layer.layer.name);
    layer.int8_ms = of(after, layer.layer.name);
  }
  all_ = {};  // its weights need not stay in memory
  return {};
}

Status SensitivityAnalysis::measure(LayerSensitivity& layer) const {
  Recipe left = recipe_, alone = recipe_;
  left.exclude.push_back(pattern_of(layer.layer.name));
  OCTAVO_ASSIGN_OR_RETURN(const QuantizeResult others, made(left));
  OCTAVO_ASSIGN_OR_RETURN(layer.left, judge_->of(others.graph));
  alone.only = {pattern_of(layer.layer.name)};
  alone.only_ops.clear();
  OCTAVO_ASSIGN_OR_RETURN(const QuantizeResult by_itself, made(alone));
  if (!quantizes(by_itself, layer.layer.name)) return {};
  OCTAVO_ASSIGN_OR_RETURN(layer.alone, judge_->of(by_itself.graph));
  return {};
}

}  // namespace octavo
