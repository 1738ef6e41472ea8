// Accuracy-aware fallback: leaves the fewest and cheapest layers of a tuned graph in float until a
// goal is met (quant/goal.h) on samples, as NNCF's quantize_with_accuracy_control reverts groups of
// operations by their rank, and Neural Compressor's tuning falls back by operator.
//
//   make -> restore, to go on with what was known -> step until ended() -> result
#pragma once

#include <string>
#include <vector>

#include "base/time_limit.h"
#include "quant/fallback_search.h"
#include "quant/tuner.h"

namespace octavo {

struct KeptLayer {
  QuantizedLayer layer;
  int64_t more_bytes = 0;            // than as int8: its weights
  double float_ms = 0, int8_ms = 0;  // of a run, on one thread; int8: where all layers are
};

struct FallbackReport {
  bool met = false;
  Goal goal;
  int64_t samples = 0;  // that it was judged on
  Verdict before;       // of the graph without layers in float
  Verdict after;        // of the result
  double int8_share = 0;
  std::vector<KeptLayer> kept;  // in running order
  int64_t trials = 0;
  bool remade = false;    // tuned and corrected anew with these layers in float
  std::string shortfall;  // where the goal was not met: why, and the best that was found
};

// What was tried, for a search that goes on elsewhere.
struct FallbackState {
  std::vector<std::string> layers;
  Trials trials;
};

class Fallback {
 public:
  // `exact` stays the caller's; `tuned` was made of it by `recipe`, whose goal is set. The goal's
  // quantities must be there: kInvalidArgument where outputs are no classes, or labels are missing.
  static Result<Fallback> make(const Graph& exact, const Tuned& tuned, const Recipe& recipe,
                               Judge judge);

  // Before the first step. kInvalidArgument where the state is of other layers; step() says so
  // where it is of another model, recipe or samples: it makes one trial again.
  Status restore(const FallbackState& state);
  FallbackState state() const;

  // All was tried that helps, or the time is over.
  bool ended() const { return !restored_ && (!search_.next || time_.is_over()); }
  Status step();
  const char* phase() const { return search_.is_ranking ? "rank" : "search"; }
  int64_t steps() const { return search_.steps + (restored_ ? 1 : 0); }
  int64_t done() const { return search_.done; }

  // The recipe that leaves the best layers in float, without a goal.
  Recipe recipe() const { return recipe_of(search_.best); }
  // The graph that was judged best.
  Result<QuantizeResult> best() const { return made(search_.best); }
  // What a graph made by recipe() in another way is like; none where it does not meet the goal, or
  // is farther from the float graph than without layers in float.
  Result<std::optional<Tried>> judged(const QuantizeResult& remade) const;
  // `remade`: what judged() said of the result, where that is not best().
  Result<FallbackReport> report(const std::optional<Tried>& remade) const;

 private:
  Fallback(const Graph& exact, const Tuned& tuned, const Recipe& recipe, Judge judge);
  Recipe recipe_of(const Kept& kept) const;
  Result<QuantizeResult> made(const Kept& kept) const;
  Result<Tried> tried(const Kept& kept) const;
  Status check_goal() const;
  std::string shortfall(const Tried& best) const;

  const Graph* exact_;
  QuantizeResult tuned_;
  bool corrected_;
  Ranges ranges_;
  Recipe recipe_;
  Judge judge_;
  std::vector<QuantizedLayer> layers_;
  Trials trials_;
  bool restored_ = false;  // and not checked yet
  Search search_;
  TimeLimit time_;
};

}  // namespace octavo
