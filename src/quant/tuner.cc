#include "quant/tuner.h"

#include <algorithm>

#include "quant/corrections/analytic_bias.h"
#include "quant/corrections/correction_list.h"
#include "quant/corrections/equalize.h"
#include "quant/shards.h"
#include "quant/without_samples.h"

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
      time_(recipe.goal.time_limit) {}

Result<Tuner> Tuner::make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                          MakePlan make_plan, int threads) {
  Tuner tuner(exact, recipe, std::move(make_plan), threads);
  if (!calibration.normalized.empty()) {
    OCTAVO_ASSIGN_OR_RETURN(tuner.without_samples_,
                            tune_without_samples(exact, calibration, recipe));
    return tuner;
  }
  tuner.add_choices(std::move(calibration), false);
  tuner.begin_smoothing();
  OCTAVO_ASSIGN_OR_RETURN(tuner.quantized_, quantize(exact, tuner.choices_[0].ranges, recipe));
  return tuner;
}

bool Tuner::equalizes() const {
  return recipe_.scheme == Scheme::kStatic && recipe_.weights == Granularity::kPerTensor &&
         has_correction(recipe_.corrections, kEqualize);
}

bool Tuner::corrects() const {
  return recipe_.scheme == Scheme::kStatic &&
         (has_correction(recipe_.corrections, kAnalyticBias) || corrects_by_layer());
}

bool Tuner::corrects_by_layer() const {
  return has_correction(recipe_.corrections, kBias) ||
         has_correction(recipe_.corrections, kReconstruct);
}

int64_t Tuner::samples() const {
  if (without_samples_) return 0;
  const bool looks = choices_.size() > 1 || smoother_ || smoothing_steps_ > 0 || equalizes();
  return looks || corrects() ? kMostSamples : 0;
}

void Tuner::add(std::vector<Tensor> inputs) {
  if (std::ssize(samples_) == samples()) return;
  // Those of another shape, such as longer texts, would want plans of their own.
  const bool fits = samples_.empty() || shapes_of(samples_[0]) == shapes_of(inputs);
  if (fits) samples_.push_back(std::move(inputs));
}

Status Tuner::begin() {
  if (samples() == 0) return {};
  if (samples_.empty()) {
    return {ErrorCode::kCalibrationData,
            "observer auto and corrections look at samples, and none could be used"};
  }
  const MakeBoundPlan make = bind_shapes(make_plan_, samples_[0]);  // before they are gone
  OCTAVO_ASSIGN_OR_RETURN(judge_, Judge::make(*exact_, std::move(samples_), {}, make, threads_));
  samples_.clear();
  time_.start();
  return {};
}

bool Tuner::ended() const {
  return samples() == 0 || (!smoother_ && !wants_equalizing() && has_tried_all() && !layers_ &&
                            to_correct_.empty() && !corrector_);
}

const char* Tuner::phase() const {
  if (layers_) return "choose";
  return has_tried_all() && corrects() ? "correct" : "try";
}

int64_t Tuner::steps() const {
  if (layers_) return layers_->steps() + 1;
  if (!has_tried_all() || !corrects()) {
    return std::ssize(choices_) + (smoother_ ? smoother_->steps() : smoothing_steps_);
  }
  return (corrected_choices() + std::ssize(to_correct_)) * correction_steps_;
}

int64_t Tuner::done() const {
  if (layers_) return layers_->done();
  if (!has_tried_all() || !corrects()) return std::ssize(trials_) + smoothing_steps_;
  return corrected_choices() * correction_steps_ + (corrector_ ? corrector_->done() : 0);
}

std::string Tuner::name() const {
  if (layers_) return layers_->name();
  if (smoother_) return smoother_->trials().empty() ? "" : smoother_->trials().back().name;
  if (!has_tried_all() || !corrects()) return trials_.empty() ? "" : trials_.back().name;
  return corrector_ && !corrector_->layers().empty() ? corrector_->layers().back().name : "";
}

bool Tuner::is_late() const { return !trials_.empty() && time_.is_over(); }

void Tuner::stop() {
  tried_equalizing_ = chose_by_layer_ = true;
  layers_.reset();
  if (!has_tried_all()) choices_.resize(trials_.size());
  to_correct_.clear();
  corrector_.reset();
}

Status Tuner::step() {
  if (is_late()) {
    stop();
    return {};
  }
  if (smoother_) return smooth();
  if (wants_equalizing()) return equalize();
  if (layers_) return choose_next();
  if (!has_tried_all()) return try_next();
  if (!corrector_) return begin_corrections();
  OCTAVO_RETURN_IF_ERROR(corrector_->step());
  if (corrector_->done() < corrector_->steps()) return {};
  return judge_corrections(corrector_->layers());
}

const Graph& Tuner::graph_of(const Choice& choice) const {
  return choice.is_equalized ? *equalized_ : *exact_;
}

void Tuner::add_choices(Calibration calibration, bool is_equalized) {
  if (calibration.choices.empty()) {  // the observer leaves none open
    calibration.choices.push_back({recipe_.observer, std::move(calibration.ranges)});
  }
  for (RangeChoice& choice : calibration.choices) {
    const std::string how = smoothed_.name.empty() ? "" : ", " + smoothed_.name;
    choices_.push_back({choice.name + how + (is_equalized ? ", equalized" : ""),
                        std::move(choice.ranges), is_equalized});
  }
}

std::vector<std::string> Tuner::ranges_by_hand() const {
  std::vector<std::string> names;
  for (const auto& [name, range] : recipe_.input_ranges) names.push_back(name);
  return names;
}

// Of the choices from `first` on: as in `from`.
void Tuner::keep_ranges_by_hand(const Ranges& from, size_t first) {
  for (const std::string& name : ranges_by_hand()) {
    const auto given = from.find(name);
    if (given == from.end()) continue;
    for (size_t i = first; i < choices_.size(); ++i) choices_[i].ranges[name] = given->second;
  }
}

void Tuner::begin_smoothing() {
  if (recipe_.scheme != Scheme::kStatic || !has_correction(recipe_.corrections, kSmooth)) return;
  smoother_ =
      Smoother::make(*exact_, {choices_[0].name, choices_[0].ranges}, recipe_, ranges_by_hand());
}

// The best of the smoothed graphs, which computes the same, takes the place of the float graph.
Status Tuner::smooth() {
  if (!time_.is_over()) {
    ++smoothing_steps_;
    const auto calibrate = [&](const Graph& graph) { return calibrated(graph); };
    OCTAVO_RETURN_IF_ERROR(smoother_->step(*judge_, calibrate, threads_));
    if (smoother_->done() < smoother_->steps()) return {};
  }
  smoothed_ = smoother_->take_best();
  smoothing_trials_ = smoother_->trials();
  smoother_.reset();
  if (!smoothed_.graph) return {};
  exact_ = smoothed_.graph.get();
  const Ranges before = std::move(choices_[0].ranges);
  choices_.clear();
  add_choices(std::move(smoothed_.calibration), false);
  keep_ranges_by_hand(before, 0);
  OCTAVO_ASSIGN_OR_RETURN(
      judge_, Judge::make(*exact_, judge_->samples(), {}, judge_->make_plan(), threads_));
  return {};
}

// More choices: those of the equalized graph, whose ranges are observed on the samples.
Status Tuner::equalize() {
  tried_equalizing_ = true;
  const std::vector<std::string> by_hand = ranges_by_hand();  // of the values as they are
  OCTAVO_ASSIGN_OR_RETURN(const auto seen,
                          observe_channels(judge_->float_plan(), judge_->samples(), threads_));
  OCTAVO_ASSIGN_OR_RETURN(const ChannelFactors factors, equalizing_factors(*exact_, seen, by_hand));
  if (factors.empty()) return {};
  Graph equalized = *exact_;
  scale_products(equalized, factors);
  OCTAVO_ASSIGN_OR_RETURN(Calibration calibration, calibrated(equalized));
  const size_t first = choices_.size();
  add_choices(std::move(calibration), true);
  keep_ranges_by_hand(choices_[0].ranges, first);
  equalized_ = std::make_unique<const Graph>(std::move(equalized));
  factors_ = factors_of_products(*equalized_, factors);
  return {};
}

Result<Calibration> Tuner::calibrated(const Graph& graph) const {
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, judge_->make_plan()(graph));
  const auto& samples = judge_->samples();
  const auto load = [&](int64_t i, int) -> Result<std::vector<Tensor>> {
    return samples[static_cast<size_t>(i)];
  };
  const auto name = [](int64_t i) { return "sample " + std::to_string(i); };
  return calibrate(plan, values_to_observe(graph, recipe_), {std::ssize(samples), name, load},
                   recipe_, threads_);
}

Status Tuner::try_next() {
  Choice& choice = choices_[trials_.size()];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(graph_of(choice), choice.ranges, recipe_));
  choice.params = activation_params_of(made.graph);
  OCTAVO_RETURN_IF_ERROR(keep_if_best("observer " + choice.name, trials_.size(), std::move(made)));
  if (!has_tried_all()) return {};
  if (!chose_by_layer_) OCTAVO_RETURN_IF_ERROR(begin_layers());
  if (!layers_ && corrects()) rank();
  return {};
}

// Of the choices for the graph of the best, which comes first: it stands where a value's are alike.
Status Tuner::begin_layers() {
  chose_by_layer_ = true;
  const Choice& best = choices_[best_choice_];
  std::vector<RangeChoice> choices = {{best.name, best.ranges}};
  std::vector<ActivationParams> params = {best.params};
  for (const Choice& choice : choices_) {
    if (&choice == &best || choice.is_equalized != best.is_equalized) continue;
    choices.push_back({choice.name, choice.ranges});
    params.push_back(choice.params);
  }
  if (choices.size() == 1) return {};
  auto plan = judge_->float_plan();
  if (best.is_equalized) {
    OCTAVO_ASSIGN_OR_RETURN(plan, judge_->make_plan()(*equalized_));
  }
  layers_.emplace(judge_->runs_of(std::move(plan)), std::move(choices), std::move(params));
  return {};
}

Status Tuner::choose_next() {
  if (layers_->done() < layers_->steps()) return layers_->step(*judge_);
  const bool is_equalized = choices_[best_choice_].is_equalized;
  const std::string name = is_equalized ? "auto, by layer, equalized" : "auto, by layer";
  choices_.push_back({name, layers_->ranges(), is_equalized});
  layers_.reset();
  return {};
}

// Corrections are made of the best few: they do not help all alike. Where there are equalized ones,
// the best of either is among them.
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
  const auto second = std::find_if(to_correct_.begin(), to_correct_.end(), [&](size_t i) {
    return choices_[i].is_equalized != choices_[to_correct_[0]].is_equalized;
  });
  if (second != to_correct_.end()) std::rotate(to_correct_.begin() + 1, second, second + 1);
  to_correct_.resize(std::min(to_correct_.size(), kMostCorrected));
  std::reverse(to_correct_.begin(), to_correct_.end());
}

Status Tuner::begin_corrections() {
  const Choice& choice = choices_[to_correct_.back()];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(graph_of(choice), choice.ranges, recipe_));
  corrected_ = std::make_unique<QuantizeResult>(std::move(made));
  if (!corrects_by_layer()) return correct_analytically();
  const auto& samples = judge_->samples();
  OCTAVO_ASSIGN_OR_RETURN(corrector_,
                          Corrector::make(graph_of(choice), corrected_->graph, recipe_.corrections,
                                          judge_->make_plan(), threads_));
  correction_steps_ = corrector_->steps();
  const int64_t count = std::min<int64_t>(corrector_->most_samples(), std::ssize(samples));
  for (int64_t i = 0; i < count; ++i) {
    const auto& inputs = samples[static_cast<size_t>(i * std::ssize(samples) / count)];
    OCTAVO_RETURN_IF_ERROR(corrector_->add(inputs));
  }
  return {};
}

// Biases by the means of the samples alone; where layers are corrected one after the other, that
// does more.
Status Tuner::correct_analytically() {
  const Graph& graph = graph_of(choices_[to_correct_.back()]);
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, judge_->make_plan()(graph));
  OCTAVO_ASSIGN_OR_RETURN(const auto channels, observe_channels(plan, judge_->samples(), threads_));
  OCTAVO_ASSIGN_OR_RETURN(const auto features,
                          observe_channels(plan, judge_->samples(), threads_, ChannelAxis::kLast));
  OCTAVO_ASSIGN_OR_RETURN(
      std::vector<CorrectedLayer> layers,
      correct_biases(graph, expected_inputs(graph, channels, features), corrected_->graph));
  return judge_corrections(std::move(layers));
}

Status Tuner::judge_corrections(std::vector<CorrectedLayer> layers) {
  corrector_.reset();
  const size_t choice = to_correct_.back();
  OCTAVO_RETURN_IF_ERROR(
      keep_if_best(trials_[choice].name + ", corrected", choice, std::move(*corrected_)));
  if (best_ + 1 == trials_.size()) corrections_ = std::move(layers);
  to_correct_.pop_back();
  return {};
}

Status Tuner::keep_if_best(std::string name, size_t choice, QuantizeResult made) {
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge_->of(made.graph));
  trials_.push_back({std::move(name), verdict});
  if (trials_.size() > 1 && !is_nearer(verdict, trials_[best_].verdict)) return {};
  best_ = trials_.size() - 1;
  best_choice_ = choice;
  quantized_ = std::move(made);
  return {};
}

Tuned Tuner::finish() {
  if (without_samples_) return *std::move(without_samples_);
  if (!trials_.empty()) trials_[best_].kept = true;
  Choice& choice = choices_[best_choice_];
  Tuned tuned{std::move(quantized_), std::move(trials_), std::move(corrections_),
              std::move(choice.ranges)};
  if (choice.is_equalized) {
    tuned.equalized = equalized_;
    tuned.factors = std::move(factors_);
  } else {
    tuned.equalized = smoothed_.graph;
  }
  tuned.trials.insert(tuned.trials.begin(), smoothing_trials_.begin(), smoothing_trials_.end());
  std::vector<CorrectedLayer> smoothed;
  for (const SmoothedPlace& place : smoothed_.smoothing.places) {
    smoothed.push_back({place.name, place.before, place.after});
  }
  tuned.corrections.insert(tuned.corrections.begin(), smoothed.begin(), smoothed.end());
  tuned.features = features_of_places(*exact_, smoothed_.smoothing.features);
  return tuned;
}

}  // namespace octavo
