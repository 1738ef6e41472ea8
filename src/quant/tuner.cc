#include "quant/tuner.h"

#include <algorithm>

#include "base/thread_pool.h"
#include "quant/error_moments.h"
#include "quant/shards.h"

namespace octavo {
namespace {

constexpr int64_t kMostSamples = 64;
constexpr size_t kMostCorrected = 2;  // choices

std::vector<std::vector<float>> floats_of(std::span<const TensorView> outputs) {
  std::vector<std::vector<float>> copies;
  for (const TensorView& output : outputs) {
    if (output.dtype != DType::kFloat32) continue;  // indices and the like have no noise
    copies.emplace_back(output.values<float>().begin(), output.values<float>().end());
  }
  return copies;
}

// Calls use(sample, outputs) for each sample, on several threads.
Status run_all(const std::shared_ptr<const Plan>& plan,
               const std::vector<std::vector<Tensor>>& samples, int threads,
               const std::function<void(size_t, std::span<const TensorView>)>& use) {
  std::vector<std::optional<Executor>> executors(static_cast<size_t>(std::max(threads, 1)));
  std::vector<Status> failures(samples.size());
  parallel_for(static_cast<int>(samples.size()), threads, [&](int item, int thread) {
    const auto i = static_cast<size_t>(item);
    std::optional<Executor>& executor = executors[static_cast<size_t>(thread)];
    if (!executor) executor.emplace(plan);
    const auto outputs = executor->run(views_of(samples[i]));
    if (outputs.ok()) {
      use(i, *outputs);
    } else {
      failures[i] = outputs.status();
    }
  });
  for (const Status& failure : failures) OCTAVO_RETURN_IF_ERROR(failure);
  return {};
}

}  // namespace

Tuner::Tuner(const Graph& exact, const Recipe& recipe, MakePlan make_plan, int threads)
    : exact_(&exact), recipe_(recipe), make_plan_(std::move(make_plan)), threads_(threads) {}

Result<Tuner> Tuner::make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                          MakePlan make_plan, int threads) {
  Tuner tuner(exact, recipe, std::move(make_plan), threads);
  tuner.choices_ = std::move(calibration.choices);
  if (tuner.choices_.empty()) {
    tuner.choices_.push_back({recipe.observer, std::move(calibration.ranges)});
  }
  OCTAVO_ASSIGN_OR_RETURN(tuner.quantized_, quantize(exact, tuner.choices_[0].ranges, recipe));
  return tuner;
}

bool Tuner::corrects() const {
  return recipe_.scheme == Scheme::kStatic && !recipe_.corrections.empty();
}

int64_t Tuner::samples() const { return choices_.size() > 1 || corrects() ? kMostSamples : 0; }

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
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, plan_of(*exact_));
  exact_outputs_.resize(samples_.size());
  return run_all(plan, samples_, threads_, [&](size_t i, std::span<const TensorView> outputs) {
    exact_outputs_[i] = floats_of(outputs);
  });
}

bool Tuner::ended() const {
  return samples() == 0 || (has_tried_all() && to_correct_.empty() && !corrector_);
}

int64_t Tuner::steps() const {
  if (!is_correcting()) return std::ssize(choices_);
  return (corrected_choices() + std::ssize(to_correct_)) * correction_steps_;
}

int64_t Tuner::done() const {
  if (!is_correcting()) return std::ssize(trials_);
  return corrected_choices() * correction_steps_ + (corrector_ ? corrector_->done() : 0);
}

Status Tuner::step() {
  if (!has_tried_all()) return try_next();
  if (!corrector_) return begin_corrections();
  OCTAVO_RETURN_IF_ERROR(corrector_->step());
  return corrector_->done() == corrector_->steps() ? judge_corrections() : Status();
}

Status Tuner::try_next() {
  const size_t index = trials_.size();
  const RangeChoice& choice = choices_[index];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(*exact_, choice.ranges, recipe_));
  OCTAVO_ASSIGN_OR_RETURN(const double sqnr, sqnr_of(made.graph));
  keep_if_best(index, "observer " + choice.name, sqnr, std::move(made));
  if (has_tried_all() && corrects()) rank();
  return {};
}

// Corrections are made of the best few: they do not help all alike.
void Tuner::rank() {
  for (size_t i = 0; i < choices_.size(); ++i) {
    const auto same = [&](size_t j) { return trials_[j].sqnr_db == trials_[i].sqnr_db; };
    if (std::none_of(to_correct_.begin(), to_correct_.end(), same)) to_correct_.push_back(i);
  }
  std::stable_sort(to_correct_.begin(), to_correct_.end(),
                   [&](size_t a, size_t b) { return trials_[a].sqnr_db > trials_[b].sqnr_db; });
  to_correct_.resize(std::min(to_correct_.size(), kMostCorrected));
  std::reverse(to_correct_.begin(), to_correct_.end());
}

Status Tuner::begin_corrections() {
  const RangeChoice& choice = choices_[to_correct_.back()];
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(*exact_, choice.ranges, recipe_));
  corrected_ = std::make_unique<QuantizeResult>(std::move(made));
  const auto make_plan = [make = make_plan_, shapes = shapes_of(samples_[0])](const Graph& graph) {
    return make(graph, shapes);
  };
  OCTAVO_ASSIGN_OR_RETURN(corrector_, Corrector::make(*exact_, corrected_->graph,
                                                      recipe_.corrections, make_plan, threads_));
  correction_steps_ = corrector_->steps();
  const int64_t count = std::min<int64_t>(corrector_->most_samples(), std::ssize(samples_));
  for (int64_t i = 0; i < count; ++i) {
    const auto& inputs = samples_[static_cast<size_t>(i * std::ssize(samples_) / count)];
    OCTAVO_RETURN_IF_ERROR(corrector_->add(inputs));
  }
  return {};
}

Status Tuner::judge_corrections() {
  const std::vector<CorrectedLayer> layers = corrector_->layers();
  corrector_.reset();
  OCTAVO_ASSIGN_OR_RETURN(const double sqnr, sqnr_of(corrected_->graph));
  const size_t choice = to_correct_.back();
  keep_if_best(choice, trials_[choice].name + ", corrected", sqnr, std::move(*corrected_));
  if (best_ + 1 == trials_.size()) corrections_ = layers;
  to_correct_.pop_back();
  return {};
}

void Tuner::keep_if_best(size_t choice, std::string name, double sqnr_db, QuantizeResult made) {
  trials_.push_back({std::move(name), sqnr_db});
  const bool better = trials_.size() == 1 || sqnr_db > trials_[best_].sqnr_db;
  if (!better) return;  // nor where infinite outputs left NaN
  best_ = trials_.size() - 1;
  best_choice_ = choice;
  quantized_ = std::move(made);
}

Result<std::shared_ptr<const Plan>> Tuner::plan_of(const Graph& graph) const {
  return make_plan_(graph, shapes_of(samples_[0]));
}

Result<double> Tuner::sqnr_of(const Graph& quantized) const {
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, plan_of(quantized));
  std::vector<ErrorMoments> moments(samples_.size());
  const auto measure = [&](size_t i, std::span<const TensorView> outputs) {
    Outputs rough = floats_of(outputs);
    for (size_t j = 0; j < rough.size(); ++j) {
      const std::vector<float>& exact = exact_outputs_[i][j];
      rough[j].resize(exact.size());  // a length that data decides may differ
      moments[i].add(exact, rough[j]);
    }
  };
  OCTAVO_RETURN_IF_ERROR(run_all(plan, samples_, threads_, measure));
  ErrorMoments sum;
  for (const ErrorMoments& one : moments) sum.add(one);
  return sum.sqnr_db();
}

Tuned Tuner::finish() {
  if (!trials_.empty()) trials_[best_].kept = true;
  return {std::move(quantized_), std::move(trials_), std::move(corrections_),
          std::move(choices_[best_choice_].ranges)};
}

}  // namespace octavo
