// From float graph and calibration to the integer graph that a recipe asks for: tuned (tuner.h)
// and, where the recipe sets a goal, with layers left in float until it is met (fallback.h). With
// these layers in float the graph is tuned anew, as the recipe that names them would have it; that
// is kept where it meets the goal, too.
//
//   make -> add the samples -> begin -> step until ended() -> finish
#pragma once

#include <memory>
#include <optional>

#include "quant/fallback.h"
#include "quant/tuner.h"

namespace octavo {

struct Quantization {
  Tuned tuned;
  Recipe recipe;  // that gives this graph: with the layers left in float, without a goal
  std::optional<FallbackReport> fallback;
};

class Quantizer {
 public:
  // `exact` stays the caller's. Errors of quantize().
  static Result<Quantizer> make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                                MakePlan make_plan, int threads = 1);

  // How many samples it can use, spread over those that were calibrated on.
  int64_t samples() const { return recipe_.goal.is_set() ? kMostJudged : tuner_.samples(); }
  void add(std::vector<Tensor> inputs, int64_t label = -1);  // of a sample; -1: no label

  // What a search that was broken off knew; before begin().
  void restore(FallbackState state) { restored_ = std::move(state); }
  // What the search knows so far; none before it began.
  std::optional<FallbackState> state() const;

  // All samples are there. kCalibrationData where they are wanted and none came.
  Status begin();
  bool ended() const;
  Status step();
  // Of what step() does next: "try", "choose", "correct", "rank", "search" or "remake".
  const char* phase() const;
  std::string name() const;  // of the choice or layer that tuning was last at; empty elsewhere
  int64_t steps() const;     // of the phase
  int64_t done() const;

  Result<Quantization> finish();

 private:
  static constexpr int64_t kMostJudged = 256;

  Quantizer(const Graph& exact, Calibration calibration, const Recipe& recipe, MakePlan make_plan,
            int threads, Tuner tuner);
  bool is_tuning() const { return !fallback_ && !tuner_.ended(); }  // finished, it ends no more
  Status give_samples(Tuner& tuner) const;
  Status begin_fallback();
  Status begin_remake();

  const Graph* exact_;
  Calibration calibration_;
  Recipe recipe_;
  MakePlan make_plan_;
  int threads_;
  std::vector<std::vector<Tensor>> samples_;
  std::vector<int64_t> labels_;
  Tuner tuner_;
  std::optional<FallbackState> restored_;
  Tuned tuned_;  // where there is a fallback
  std::optional<Fallback> fallback_;
  std::optional<Tuner> remake_;
  bool remade_ = false;  // or there was nothing to remake
  int64_t remake_steps_ = 0;
};

}  // namespace octavo
