#include "quant/smoother.h"

#include <algorithm>

#include "quant/quantize.h"

namespace octavo {
namespace {

std::string name_of(double alpha) {
  return "smoothed by 0." + std::to_string(static_cast<int>(alpha * 10 + 0.5));
}

}  // namespace

std::unique_ptr<Smoother> Smoother::make(const Graph& exact, RangeChoice plain,
                                         const Recipe& recipe,
                                         const std::vector<std::string>& fixed) {
  auto smoother = std::make_unique<Smoother>();
  smoother->places_ = find_smooth_places(exact, fixed);
  if (smoother->places_.empty()) return nullptr;
  smoother->exact_ = &exact;
  smoother->plain_ = std::move(plain);
  smoother->recipe_ = recipe;
  return smoother;
}

Status Smoother::step(const Judge& judge, const Calibrate& calibrate, int threads) {
  const auto i = static_cast<size_t>(done_++);
  if (i == 0) return try_plain(judge, threads);
  return try_strength(kSmoothingStrengths[i - 1], judge, calibrate);
}

Status Smoother::try_plain(const Judge& judge, int threads) {
  OCTAVO_ASSIGN_OR_RETURN(
      seen_, observe_channels(judge.float_plan(), judge.samples(), threads, ChannelAxis::kLast));
  return judge_one({}, *exact_, plain_, judge);
}

Status Smoother::try_strength(double alpha, const Judge& judge, const Calibrate& calibrate) {
  OCTAVO_ASSIGN_OR_RETURN(Smoothing found, smoothing(*exact_, places_, seen_, alpha, recipe_));
  const bool is_new = std::find(tried_.begin(), tried_.end(), found.features) == tried_.end();
  if (found.features.empty() || !is_new) return {};
  tried_.push_back(found.features);
  auto graph = std::make_shared<Graph>(*exact_);
  smooth(*graph, found.features);
  OCTAVO_ASSIGN_OR_RETURN(Calibration calibration, calibrate(*graph));
  const RangeChoice first = calibration.choices.empty()
                                ? RangeChoice{plain_.name, calibration.ranges}
                                : calibration.choices[0];
  const Graph& made = *graph;
  return judge_one({std::move(graph), std::move(calibration), std::move(found), name_of(alpha)},
                   made, first, judge);
}

Status Smoother::judge_one(Smoothed one, const Graph& graph, const RangeChoice& choice,
                           const Judge& judge) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantizeResult made, quantize(graph, choice.ranges, recipe_));
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge.of(made.graph));
  const std::string how = one.name.empty() ? "" : ", " + one.name;
  trials_.push_back({"observer " + choice.name + how, verdict});
  if (trials_.size() > 1 && !is_nearer(verdict, trials_[best_trial_].verdict)) return {};
  best_trial_ = trials_.size() - 1;
  best_ = std::move(one);
  return {};
}

Smoothed Smoother::take_best() {
  ended_ = true;
  if (!trials_.empty()) trials_.erase(trials_.begin() + static_cast<std::ptrdiff_t>(best_trial_));
  return std::move(best_);
}

}  // namespace octavo
