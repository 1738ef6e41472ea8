#include "quant/fallback.h"

#include <algorithm>
#include <cstdio>

#include "quant/carry_over.h"

namespace octavo {
namespace {

constexpr int kTimedRuns = 11;

std::string number(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", x);
  return text;
}

std::string describe(const Verdict& v) {
  std::string text;
  if (v.top1_drop) text += number(*v.top1_drop * 100) + " points of top-1 lost, ";
  if (v.agreement) text += number(*v.agreement * 100) + " % agreement, ";
  return text + number(v.sqnr_db) + " dB";
}

}  // namespace

Fallback::Fallback(const Graph& exact, const Tuned& tuned, const Recipe& recipe, Judge judge)
    : exact_(&exact),
      tuned_(tuned.quantized),
      corrected_(!tuned.corrections.empty()),
      ranges_(tuned.ranges),
      recipe_(recipe),
      judge_(std::move(judge)),
      layers_(quantized_layers(tuned.quantized.nodes, exact, *judge_.float_plan())),
      time_(recipe.goal.time_limit) {
  search_ = search(layers_, recipe_.goal, trials_);
}

Result<Fallback> Fallback::make(const Graph& exact, const Tuned& tuned, const Recipe& recipe,
                                Judge judge) {
  Fallback fallback(exact, tuned, recipe, std::move(judge));
  OCTAVO_RETURN_IF_ERROR(fallback.check_goal());
  return fallback;
}

Status Fallback::check_goal() const {
  if (!judge_.has_classes()) {
    return {ErrorCode::kInvalidArgument,
            "max_drop and min_agreement are of models whose first output is one list of classes"};
  }
  if (recipe_.goal.max_drop && !judge_.has_labels()) {
    return {ErrorCode::kInvalidArgument,
            "max_drop wants labels of the calibration images; without them min_agreement asks how "
            "often the answers agree"};
  }
  return {};
}

Status Fallback::restore(const FallbackState& state) {
  std::vector<std::string> names;
  for (const QuantizedLayer& layer : layers_) names.push_back(layer.name);
  if (names != state.layers) {
    return {ErrorCode::kInvalidArgument,
            "the state of the search is of another model or recipe: remove it, or give it another "
            "name"};
  }
  trials_ = state.trials;
  restored_ = trials_.contains({});
  if (!restored_) trials_.clear();
  search_ = search(layers_, recipe_.goal, trials_);
  return {};
}

FallbackState Fallback::state() const {
  FallbackState state;
  for (const QuantizedLayer& layer : layers_) state.layers.push_back(layer.name);
  state.trials = trials_;
  return state;
}

Status Fallback::step() {
  time_.start();
  if (restored_) {
    restored_ = false;
    OCTAVO_ASSIGN_OR_RETURN(const Tried again, tried({}));
    if (!(again == trials_[{}])) {
      return {ErrorCode::kInvalidArgument,
              "the state of the search is of another model, recipe or other samples: remove it, or "
              "give it another name"};
    }
    return {};
  }
  if (!search_.next) return {};
  OCTAVO_ASSIGN_OR_RETURN(trials_[*search_.next], tried(*search_.next));
  search_ = search(layers_, recipe_.goal, trials_);
  return {};
}

Recipe Fallback::recipe_of(const Kept& kept) const {
  Recipe recipe = recipe_;
  recipe.goal = {};
  for (const int i : kept) {
    recipe.exclude.push_back(pattern_of(layers_[static_cast<size_t>(i)].name));
  }
  return recipe;
}

Result<QuantizeResult> Fallback::made(const Kept& kept) const {
  if (kept.empty()) return tuned_;
  OCTAVO_ASSIGN_OR_RETURN(QuantizeResult made, quantize(*exact_, ranges_, recipe_of(kept)));
  if (corrected_) carry_over_corrections(tuned_.graph, made.graph);
  return made;
}

Result<Tried> Fallback::tried(const Kept& kept) const {
  OCTAVO_ASSIGN_OR_RETURN(const QuantizeResult graph, made(kept));
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge_.of(graph.graph));
  return Tried{verdict, int8_share(graph.nodes, *judge_.float_plan())};
}

Result<std::optional<Tried>> Fallback::judged(const QuantizeResult& remade) const {
  OCTAVO_ASSIGN_OR_RETURN(const Verdict verdict, judge_.of(remade.graph));
  const Tried tried{verdict, int8_share(remade.nodes, *judge_.float_plan())};
  const bool is_nearer = tried.verdict.distance() <= trials_.at(search_.best).verdict.distance();
  if (!is_nearer || !meets(recipe_.goal, tried, true)) return std::optional<Tried>();
  return std::optional<Tried>(tried);
}

std::string Fallback::shortfall(const Tried& best) const {
  std::string text = "no choice of layers in float was found that ";
  if (time_.is_over()) text = "within " + number(recipe_.goal.time_limit) + " s " + text;
  const Goal& goal = recipe_.goal;
  if (goal.max_drop) text += "loses at most " + number(*goal.max_drop) + " points of top-1";
  if (goal.max_drop && goal.min_agreement) text += " and ";
  if (goal.min_agreement) text += "agrees on " + number(*goal.min_agreement) + " % of the samples";
  text += " with " + number(goal.min_int8) +
          " % of the multiply-adds in int8; the best: " + describe(best.verdict) + ", " +
          number(best.int8_share * 100) + " % in int8, in float ";
  std::string names;
  for (const int i : search_.best) {
    names += (names.empty() ? "" : ", ") + layers_[static_cast<size_t>(i)].name;
  }
  return text + (names.empty() ? "nothing" : names);
}

Result<FallbackReport> Fallback::report(const std::optional<Tried>& remade) const {
  FallbackReport report{.met = search_.met, .goal = recipe_.goal};
  report.samples = std::ssize(judge_.samples());
  report.before = trials_.at({}).verdict;
  const Tried& best = remade ? *remade : trials_.at(search_.best);
  report.after = best.verdict;
  report.int8_share = best.int8_share;
  report.trials = std::ssize(trials_);
  report.remade = remade.has_value();
  if (!report.met) report.shortfall = shortfall(best);
  if (search_.best.empty()) return report;

  const auto& sample = judge_.samples()[0];
  OCTAVO_ASSIGN_OR_RETURN(const auto int8_plan, judge_.make_plan()(tuned_.graph));
  OCTAVO_ASSIGN_OR_RETURN(auto float_ms, layer_times(judge_.float_plan(), sample, kTimedRuns));
  OCTAVO_ASSIGN_OR_RETURN(auto int8_ms, layer_times(int8_plan, sample, kTimedRuns));
  for (const int i : search_.best) {
    const QuantizedLayer& layer = layers_[static_cast<size_t>(i)];
    report.kept.push_back({layer, 3 * layer.weights, float_ms[layer.name], int8_ms[layer.name]});
  }
  return report;
}

}  // namespace octavo
