#include "quant/quantizer.h"

#include <algorithm>

#include "quant/shards.h"

namespace octavo {
namespace {

constexpr uint64_t kMemory = uint64_t{128} << 20;  // of the samples that are judged by

uint64_t bytes_of(std::span<const Tensor> tensors) {
  uint64_t bytes = 0;
  for (const Tensor& tensor : tensors) bytes += tensor.buffer().size();
  return bytes;
}

}  // namespace

Quantizer::Quantizer(const Graph& exact, Calibration calibration, const Recipe& recipe,
                     MakePlan make_plan, int threads, Tuner tuner)
    : exact_(&exact),
      calibration_(std::move(calibration)),
      recipe_(recipe),
      make_plan_(std::move(make_plan)),
      threads_(threads),
      tuner_(std::move(tuner)),
      remade_(!recipe.goal.is_set()) {}

Result<Quantizer> Quantizer::make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                                  MakePlan make_plan, int threads) {
  OCTAVO_ASSIGN_OR_RETURN(Tuner tuner, Tuner::make(exact, calibration, recipe, make_plan, threads));
  return Quantizer(exact, std::move(calibration), recipe, std::move(make_plan), threads,
                   std::move(tuner));
}

void Quantizer::add(std::vector<Tensor> inputs, int64_t label) {
  if (std::ssize(samples_) == samples()) return;
  // Those of another shape, such as longer texts, would want plans of their own.
  if (!samples_.empty() && shapes_of(samples_[0]) != shapes_of(inputs)) return;
  samples_.push_back(std::move(inputs));
  labels_.push_back(label);
}

// Those that it would have without a goal.
Status Quantizer::give_samples(Tuner& tuner) const {
  const int64_t count = std::min<int64_t>(tuner.samples(), std::ssize(samples_));
  for (int64_t i = 0; i < count; ++i) {
    tuner.add(samples_[static_cast<size_t>(i * std::ssize(samples_) / count)]);
  }
  return tuner.begin();
}

Status Quantizer::begin() {
  if (recipe_.goal.is_set() && samples_.empty()) {
    return {ErrorCode::kCalibrationData,
            "max_drop and min_agreement are judged on samples, and none could be used"};
  }
  OCTAVO_RETURN_IF_ERROR(give_samples(tuner_));
  if (!recipe_.goal.is_set()) samples_.clear();
  return !tuner_.ended() || remade_ ? Status() : begin_fallback();
}

Status Quantizer::begin_fallback() {
  tuned_ = tuner_.finish();
  const MakeBoundPlan make_plan = bind_shapes(make_plan_, samples_[0]);
  const auto fit = static_cast<int64_t>(kMemory / std::max<uint64_t>(bytes_of(samples_[0]), 1));
  const int64_t count = std::min<int64_t>(std::ssize(samples_), std::max<int64_t>(fit, 16));
  std::vector<std::vector<Tensor>> judged;
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < count; ++i) {
    const auto place = static_cast<size_t>(i * std::ssize(samples_) / count);
    judged.push_back(samples_[place]);
    labels.push_back(labels_[place]);
  }
  OCTAVO_ASSIGN_OR_RETURN(
      Judge judge, Judge::make(*exact_, std::move(judged), std::move(labels), make_plan, threads_));
  // Layers are left in float in the graph that the result was made of.
  OCTAVO_ASSIGN_OR_RETURN(fallback_, Fallback::make(tuned_.equalized ? *tuned_.equalized : *exact_,
                                                    tuned_, recipe_, std::move(judge)));
  return restored_ ? fallback_->restore(*restored_) : Status();
}

std::optional<FallbackState> Quantizer::state() const {
  if (!fallback_) return restored_;
  return fallback_->state();
}

bool Quantizer::ended() const {
  return !is_tuning() && (!fallback_ || fallback_->ended()) && remade_;
}

Status Quantizer::step() {
  if (is_tuning()) {
    OCTAVO_RETURN_IF_ERROR(tuner_.step());
    return tuner_.ended() && !remade_ ? begin_fallback() : Status();
  }
  if (!fallback_->ended()) return fallback_->step();
  if (!remake_) return begin_remake();
  ++remake_steps_;
  OCTAVO_RETURN_IF_ERROR(remake_->step());
  remade_ = remake_->ended();
  return {};
}

Status Quantizer::begin_remake() {
  const Recipe recipe = fallback_->recipe();
  remade_ = tuner_.samples() == 0 || recipe.exclude == recipe_.exclude;
  if (remade_) return {};
  OCTAVO_ASSIGN_OR_RETURN(remake_,
                          Tuner::make(*exact_, calibration_, recipe, make_plan_, threads_));
  return give_samples(*remake_);
}

const char* Quantizer::phase() const {
  if (!fallback_) return tuner_.phase();
  return fallback_->ended() ? "remake" : fallback_->phase();
}

std::string Quantizer::name() const { return fallback_ ? "" : tuner_.name(); }

int64_t Quantizer::done() const {
  if (!fallback_) return tuner_.done();
  return fallback_->ended() ? remake_steps_ : fallback_->done();
}

int64_t Quantizer::steps() const {
  if (!fallback_) return tuner_.steps();
  if (!fallback_->ended()) return fallback_->steps();
  return remake_steps_ + (remake_ ? remake_->steps() - remake_->done() : 1);
}

Result<Quantization> Quantizer::finish() {
  if (!fallback_) return Quantization{tuner_.finish(), recipe_, {}};
  Quantization result{std::move(tuned_), fallback_->recipe(), {}};
  std::optional<Tried> judged;
  if (remake_) {
    Tuned remade = remake_->finish();
    OCTAVO_ASSIGN_OR_RETURN(judged, fallback_->judged(remade.quantized));
    if (judged) result.tuned = std::move(remade);
  }
  if (!judged) {
    OCTAVO_ASSIGN_OR_RETURN(result.tuned.quantized, fallback_->best());
  }
  OCTAVO_ASSIGN_OR_RETURN(result.fallback, fallback_->report(judged));
  return result;
}

}  // namespace octavo
