#include "quant/tuner.h"

#include <algorithm>

#include "quant/corrections/correction_list.h"
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
  tuner.add_choices(std::move(calibration), 0);
  tuner.begin_smoothing();
  tuner.wants_equalizing_ = tuner.equalizes();
  OCTAVO_ASSIGN_OR_RETURN(tuner.quantized_, quantize(exact, tuner.choices_[0].ranges, recipe));
  return tuner;
}

bool Tuner::equalizes() const {
  return recipe_.scheme == Scheme::kStatic && recipe_.weights == Granularity::kPerTensor &&
         has_correction(recipe_.corrections, kEqualize);
}

int64_t Tuner::samples() const {
  if (without_samples_) return 0;
  const bool looks = choices_.size() > 1 || smoother_ || equalizes() || corrects(recipe_);
  return looks ? kMostSamples : 0;
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
  return samples() == 0 ||
         (!smooths() && !wants_equalizing_ && has_tried_all() && !layers_ && to_correct_.empty());
}

const char* Tuner::phase() const {
  if (layers_) return "choose";
  return is_correcting() ? "correct" : "try";
}

int64_t Tuner::steps() const {
  if (layers_) return layers_->steps() + 1;
  if (is_correcting()) return (corrected_ + std::ssize(to_correct_)) * correction_steps_;
  return std::ssize(choices_) + (smoother_ ? smoother_->steps() : 0);
}

int64_t Tuner::done() const {
  if (layers_) return layers_->done();
  if (is_correcting()) {
    return corrected_ * correction_steps_ + (correction_ ? correction_->done() : 0);
  }
  return static_cast<int64_t>(tried_) + (smoother_ ? smoother_->done() : 0);
}

std::string Tuner::name() const {
  if (layers_) return layers_->name();
  if (is_correcting()) {
    return correction_ && !correction_->layers().empty() ? correction_->layers().back().name : "";
  }
  const std::vector<Trial>& trials = smooths() ? smoother_->trials() : trials_;
  return trials.empty() ? "" : trials.back().name;
}

bool Tuner::is_late() const { return tried_ > 0 && time_.is_over(); }

void Tuner::stop() {
  wants_equalizing_ = false;
  chose_by_layer_ = true;
  layers_.reset();
  choices_.resize(tried_);
  to_correct_.clear();
  correction_.reset();
}

Status Tuner::step() {
  if (is_late()) {
    stop();
    return {};
  }
  if (smooths()) return smooth();
  if (wants_equalizing_) return equalize();
  if (layers_) return choose_next();
  return has_tried_all() ? correct_next() : try_next();
}

void Tuner::add_choices(Calibration calibration, size_t equivalent) {
  if (calibration.choices.empty()) {  // the observer leaves none open
    calibration.choices.push_back({recipe_.observer, std::move(calibration.ranges)});
  }
  for (RangeChoice& choice : calibration.choices) {
    choices_.push_back(
        {choice.name + equivalents_[equivalent].name, std::move(choice.ranges), equivalent});
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

void Tuner::begin_smoothing() {
  if (recipe_.scheme != Scheme::kStatic || !has_correction(recipe_.corrections, kSmooth)) return;
  smoother_ =
      Smoother::make(*exact_, {choices_[0].name, choices_[0].ranges}, recipe_, ranges_by_hand());
}

// The best of the smoothed graphs takes the place of the float graph.
Status Tuner::smooth() {
  if (!time_.is_over()) {
    const auto calibrate = [&](const Graph& graph) { return calibrated(graph); };
    OCTAVO_RETURN_IF_ERROR(smoother_->step(*judge_, calibrate, threads_));
    if (smoother_->done() < smoother_->steps()) return {};
  }
  Smoothed best = smoother_->take_best();
  trials_ = smoother_->trials();
  if (!best.graph) return {};
  Calibration calibration = std::move(best.calibration);
  equivalents_[0] = equivalent_of(std::move(best));
  const Ranges before = std::move(choices_[0].ranges);
  choices_.clear();
  add_choices(std::move(calibration), 0);
  keep_ranges_by_hand(before, 0);
  OCTAVO_ASSIGN_OR_RETURN(
      judge_, Judge::make(graph_of(0), judge_->samples(), {}, judge_->make_plan(), threads_));
  return {};
}

// More choices: those of the equalized graph, whose ranges are observed on the samples.
Status Tuner::equalize() {
  wants_equalizing_ = false;
  OCTAVO_ASSIGN_OR_RETURN(
      std::optional<Equivalent> made,
      equalized(equivalents_[0], graph_of(0), *judge_, ranges_by_hand(), threads_));
  if (!made) return {};
  equivalents_.push_back(*std::move(made));
  OCTAVO_ASSIGN_OR_RETURN(Calibration calibration, calibrated(graph_of(1)));
  const size_t first = choices_.size();
  add_choices(std::move(calibration), 1);
  keep_ranges_by_hand(choices_[0].ranges, first);
  return {};
}

Status Tuner::try_next() {
  Choice& choice = choices_[tried_];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made,
                          quantize(graph_of(choice.equivalent), choice.ranges, recipe_));
  choice.params = activation_params_of(made.graph);
  OCTAVO_RETURN_IF_ERROR(keep_if_best("observer " + choice.name, tried_, std::move(made)).status());
  choice.verdict = trials_.back().verdict;
  ++tried_;
  if (!has_tried_all()) return {};
  if (!chose_by_layer_) OCTAVO_RETURN_IF_ERROR(begin_layers());
  if (!layers_ && corrects(recipe_)) rank();
  return {};
}

// Of the choices for the graph of the best, which comes first: it stands where a value's are alike.
Status Tuner::begin_layers() {
  chose_by_layer_ = true;
  const Choice& best = choices_[best_choice_];
  std::vector<RangeChoice> choices = {{best.name, best.ranges}};
  std::vector<ActivationParams> params = {best.params};
  for (const Choice& choice : choices_) {
    if (&choice == &best || choice.equivalent != best.equivalent) continue;
    choices.push_back({choice.name, choice.ranges});
    params.push_back(choice.params);
  }
  if (choices.size() == 1) return {};
  auto plan = judge_->float_plan();
  if (best.equivalent != 0) {
    OCTAVO_ASSIGN_OR_RETURN(plan, judge_->make_plan()(graph_of(best.equivalent)));
  }
  layers_.emplace(judge_->runs_of(std::move(plan)), std::move(choices), std::move(params));
  return {};
}

Status Tuner::choose_next() {
  if (layers_->done() < layers_->steps()) return layers_->step(*judge_);
  const size_t equivalent = choices_[best_choice_].equivalent;
  choices_.push_back(
      {"auto, by layer" + equivalents_[equivalent].name, layers_->ranges(), equivalent});
  layers_.reset();
  return {};
}

// Corrections are made of the best few: they do not help all alike. Where there are equalized ones,
// the best of either is among them.
void Tuner::rank() {
  for (size_t i = 0; i < choices_.size(); ++i) {
    const auto same = [&](size_t j) {
      return choices_[j].verdict->sqnr_db == choices_[i].verdict->sqnr_db;
    };
    if (std::none_of(to_correct_.begin(), to_correct_.end(), same)) to_correct_.push_back(i);
  }
  std::stable_sort(to_correct_.begin(), to_correct_.end(), [&](size_t a, size_t b) {
    return is_nearer(*choices_[a].verdict, *choices_[b].verdict);
  });
  const auto second = std::find_if(to_correct_.begin(), to_correct_.end(), [&](size_t i) {
    return choices_[i].equivalent != choices_[to_correct_[0]].equivalent;
  });
  if (second != to_correct_.end()) std::rotate(to_correct_.begin() + 1, second, second + 1);
  to_correct_.resize(std::min(to_correct_.size(), kMostCorrected));
  std::reverse(to_correct_.begin(), to_correct_.end());
}

Status Tuner::correct_next() {
  const size_t next = to_correct_.back();
  const Choice& choice = choices_[next];
  if (!correction_) {
    OCTAVO_ASSIGN_OR_RETURN(correction_,
                            CorrectionRun::make(graph_of(choice.equivalent), choice.ranges, recipe_,
                                                *judge_, threads_));
    correction_steps_ = correction_->steps();
    return {};
  }
  OCTAVO_RETURN_IF_ERROR(correction_->step(*judge_));
  if (correction_->done() < correction_->steps()) return {};
  OCTAVO_ASSIGN_OR_RETURN(
      const bool is_best,
      keep_if_best("observer " + choice.name + ", corrected", next, correction_->take_result()));
  if (is_best) corrections_ = correction_->layers();
  correction_.reset();
  to_correct_.pop_back();
  ++corrected_;
  return {};
}

Result<bool> Tuner::keep_if_best(std::string name, size_t choice, QuantizeResult made) {
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge_->of(made.graph));
  trials_.push_back({std::move(name), verdict});
  if (tried_ > 0 && !is_nearer(verdict, trials_[best_].verdict)) return false;
  best_ = trials_.size() - 1;
  best_choice_ = choice;
  quantized_ = std::move(made);
  return true;
}

Tuned Tuner::finish() {
  if (without_samples_) return *std::move(without_samples_);
  if (tried_ > 0) trials_[best_].kept = true;
  Choice& choice = choices_[best_choice_];
  Equivalent& equivalent = equivalents_[choice.equivalent];
  std::vector<CorrectedLayer> corrections = std::move(equivalent.corrections);
  corrections.insert(corrections.end(), corrections_.begin(), corrections_.end());
  return {std::move(quantized_),         std::move(trials_),          std::move(corrections),
          std::move(choice.ranges),      std::move(equivalent.graph), std::move(equivalent.factors),
          std::move(equivalent.features)};
}

}  // namespace octavo
