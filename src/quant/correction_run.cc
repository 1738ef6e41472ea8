#include "quant/correction_run.h"

#include <algorithm>

#include "quant/corrections/analytic_bias.h"
#include "quant/corrections/correction_list.h"

namespace octavo {

bool corrects_by_layer(const Recipe& recipe) {
  return recipe.scheme == Scheme::kStatic && (has_correction(recipe.corrections, kBias) ||
                                              has_correction(recipe.corrections, kReconstruct));
}

bool corrects(const Recipe& recipe) {
  return corrects_by_layer(recipe) ||
         (recipe.scheme == Scheme::kStatic && has_correction(recipe.corrections, kAnalyticBias));
}

CorrectionRun::CorrectionRun(const Graph& exact, int threads, QuantizeResult made)
    : exact_(&exact), threads_(threads), made_(std::make_unique<QuantizeResult>(std::move(made))) {}

Result<CorrectionRun> CorrectionRun::make(const Graph& exact, const Ranges& ranges,
                                          const Recipe& recipe, const Judge& judge, int threads) {
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(exact, ranges, recipe));
  CorrectionRun run(exact, threads, std::move(made));
  if (!corrects_by_layer(recipe)) return run;
  OCTAVO_ASSIGN_OR_RETURN(
      run.corrector_,
      Corrector::make(exact, run.made_->graph, recipe.corrections, judge.make_plan(), threads));
  OCTAVO_RETURN_IF_ERROR(run.add(judge.samples()));
  return run;
}

// As many as it takes, spread over all.
Status CorrectionRun::add(const std::vector<std::vector<Tensor>>& samples) {
  const int64_t count = std::min<int64_t>(corrector_->most_samples(), std::ssize(samples));
  for (int64_t i = 0; i < count; ++i) {
    const auto& inputs = samples[static_cast<size_t>(i * std::ssize(samples) / count)];
    OCTAVO_RETURN_IF_ERROR(corrector_->add(inputs));
  }
  return {};
}

Status CorrectionRun::step(const Judge& judge) {
  return corrector_ ? corrector_->step() : correct_biases_by_means(judge);
}

Status CorrectionRun::correct_biases_by_means(const Judge& judge) {
  corrected_biases_ = true;
  OCTAVO_ASSIGN_OR_RETURN(const auto plan, judge.make_plan()(*exact_));
  OCTAVO_ASSIGN_OR_RETURN(const auto channels, observe_channels(plan, judge.samples(), threads_));
  OCTAVO_ASSIGN_OR_RETURN(const auto features,
                          observe_channels(plan, judge.samples(), threads_, ChannelAxis::kLast));
  const Expectations expected = expected_inputs(*exact_, channels, features);
  OCTAVO_ASSIGN_OR_RETURN(layers_, correct_biases(*exact_, expected, made_->graph));
  return {};
}

}  // namespace octavo
