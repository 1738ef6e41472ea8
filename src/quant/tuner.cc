#include "quant/tuner.h"

#include <algorithm>

#include "quant/shards.h"

namespace octavo {
namespace {

constexpr int64_t kMostSamples = 64;
constexpr size_t kMostCorrected = 2;  // choices

}  // namespace

Tuner::Tuner(const Graph& exact, const Recipe& recipe, MakePlan make_plan, int threads)
    : exact_(&exact),
      recipe_(recipe),
      make_plan_(std::move(make_plan)),
      threads_(threads),
      judge_(threads) {}

Result<Tuner> Tuner::make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                          MakePlan make_plan, int threads) {
  Tuner tuner(exact, recipe, std::move(make_plan), threads);
  tuner.choices_ = std::move(calibration.choices);
  if (tuner.choices_.empty()) {
    tuner.choices_.push_back({recipe.observer, std::move(calibration.ranges)});
  }
  if (tuner.samples() > 0) return tuner;
  OCTAVO_ASSIGN_OR_RETURN(tuner.quantized_, quantize(exact, tuner.choices_[0].ranges, recipe));
  return tuner;
}

bool Tuner::corrects() const {
  return recipe_.scheme == Scheme::kStatic && !recipe_.corrections.empty();
}

int64_t Tuner::samples() const { return choices_.size() > 1 || corrects() ? kMostSamples : 0; }

void Tuner::add(std::vector<Tensor> inputs) {
  if (std::ssize(judge_.samples()) < samples()) judge_.add(std::move(inputs));
}

Status Tuner::begin() {
  if (samples() == 0) return {};
  if (judge_.samples().empty()) {
    return {ErrorCode::kCalibrationData,
            "observer auto and corrections look at samples, and none could be used"};
  }
  OCTAVO_ASSIGN_OR_RETURN(exact_plan_, plan_of(*exact_));
  return judge_.begin(exact_plan_);
}

bool Tuner::ended() const {
  return samples() == 0 || (has_tried_all() && !layers_ && to_correct_.empty() && !corrector_);
}

const char* Tuner::phase() const {
  if (layers_) return "choose";
  return has_tried_all() && corrects() ? "correct" : "try";
}

int64_t Tuner::steps() const {
  if (layers_) return layers_->steps() + 1;
  if (!has_tried_all() || !corrects()) return std::ssize(choices_);
  return (corrected_choices() + std::ssize(to_correct_)) * correction_steps_;
}

int64_t Tuner::done() const {
  if (layers_) return layers_->done();
  if (!has_tried_all() || !corrects()) return std::ssize(trials_);
  return corrected_choices() * correction_steps_ + (corrector_ ? corrector_->done() : 0);
}

Status Tuner::step() {
  if (layers_) return choose_next();
  if (!has_tried_all()) return try_next();
  if (!corrector_) return begin_corrections();
  OCTAVO_RETURN_IF_ERROR(corrector_->step());
  return corrector_->done() == corrector_->steps() ? judge_corrections() : Status();
}

Status Tuner::try_next() {
  const RangeChoice& choice = choices_[trials_.size()];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(*exact_, choice.ranges, recipe_));
  params_.push_back(activation_params_of(made.graph));
  OCTAVO_RETURN_IF_ERROR(keep_if_best("observer " + choice.name, std::move(made)));
  if (!has_tried_all()) return {};
  if (choices_.size() > 1 && !chose_by_layer_) {
    begin_layers();
  } else if (corrects()) {
    rank();
  }
  return {};
}

// The best choice comes first: it stands where the choices of a value are alike.
void Tuner::begin_layers() {
  chose_by_layer_ = true;
  std::vector<RangeChoice> choices = choices_;
  std::vector<ActivationParams> params = params_;
  std::swap(choices[0], choices[best_]);
  std::swap(params[0], params[best_]);
  layers_.emplace(exact_plan_, std::move(choices), std::move(params));
}

Status Tuner::choose_next() {
  if (layers_->done() < layers_->steps()) return layers_->step(judge_);
  choices_.push_back({"auto, by layer", layers_->ranges()});
  layers_.reset();
  return {};
}

// Corrections are made of the best few: they do not help all alike.
void Tuner::rank() {
  for (size_t i = 0; i < choices_.size(); ++i) {
    const auto same = [&](size_t j) {
      return trials_[j].verdict.sqnr_db == trials_[i].verdict.sqnr_db;
    };
    if (std::none_of(to_correct_.begin(), to_correct_.end(), same)) to_correct_.push_back(i);
  }
  std::stable_sort(to_correct_.begin(), to_correct_.end(), [&](size_t a, size_t b) {
    return is_nearer(trials_[a].verdict, trials_[b].verdict);
  });
  to_correct_.resize(std::min(to_correct_.size(), kMostCorrected));
  std::reverse(to_correct_.begin(), to_correct_.end());
}

Status Tuner::begin_corrections() {
  const RangeChoice& choice = choices_[to_correct_.back()];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(*exact_, choice.ranges, recipe_));
  corrected_ = std::make_unique<QuantizeResult>(std::move(made));
  const auto make_plan = [make = make_plan_, shapes = shapes_of(judge_.samples()[0])](
                             const Graph& graph) { return make(graph, shapes); };
  OCTAVO_ASSIGN_OR_RETURN(corrector_, Corrector::make(*exact_, corrected_->graph,
                                                      recipe_.corrections, make_plan, threads_));
  correction_steps_ = corrector_->steps();
  const auto& samples = judge_.samples();
  const int64_t count = std::min<int64_t>(corrector_->most_samples(), std::ssize(samples));
  for (int64_t i = 0; i < count; ++i) {
    const auto& inputs = samples[static_cast<size_t>(i * std::ssize(samples) / count)];
    OCTAVO_RETURN_IF_ERROR(corrector_->add(inputs));
  }
  return {};
}

Status Tuner::judge_corrections() {
  const std::vector<CorrectedLayer> layers = corrector_->layers();
  corrector_.reset();
  const std::string name = trials_[to_correct_.back()].name + ", corrected";
  OCTAVO_RETURN_IF_ERROR(keep_if_best(name, std::move(*corrected_)));
  if (best_ + 1 == trials_.size()) corrections_ = layers;
  to_correct_.pop_back();
  return {};
}

Status Tuner::keep_if_best(std::string name, QuantizeResult made) {
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, plan_of(made.graph));
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge_.judge(plan));
  trials_.push_back({std::move(name), verdict});
  if (trials_.size() > 1 && !is_nearer(verdict, trials_[best_].verdict)) return {};
  best_ = trials_.size() - 1;
  quantized_ = std::move(made);
  return {};
}

Result<std::shared_ptr<const Plan>> Tuner::plan_of(const Graph& graph) const {
  return make_plan_(graph, shapes_of(judge_.samples()[0]));
}

Tuned Tuner::finish() {
  if (!trials_.empty()) trials_[best_].kept = true;
  return {std::move(quantized_), std::move(trials_), std::move(corrections_)};
}

}  // namespace octavo
