// From float graph and calibration to the int8 graph whose outputs are nearest on samples. Of
// graphs that compute the same (equivalent.h) and the ranges that observer auto leaves open for
// each, the best are found by trying, then ranges for each value (layer_ranges.h), and the layers
// are corrected (correction_run.h) where the recipe wants it and it helps. Without samples it is
// what data-free quantization makes (without_samples.h).
//
//   make -> add the samples -> begin -> step until ended() -> finish
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time_limit.h"
#include "quant/calibrate.h"
#include "quant/correction_run.h"
#include "quant/equivalent.h"
#include "quant/judge.h"
#include "quant/layer_ranges.h"
#include "quant/quantize.h"
#include "quant/smoother.h"
#include "quant/trial.h"

namespace octavo {

struct Tuned {
  QuantizeResult quantized;
  std::vector<Trial> trials;                // none where there was no choice
  std::vector<CorrectedLayer> corrections;  // of the result
  Ranges ranges;                            // that it was made with
  std::shared_ptr<const Graph> equalized;   // that it was made of; null: of the float graph
  ChannelFactors factors;                   // of the outputs of its products; none of the latter
  ChannelFactors features;                  // of its smoothed places; likewise
};

class Tuner {
 public:
  // `exact` stays the caller's. Errors of quantize().
  static Result<Tuner> make(const Graph& exact, Calibration calibration, const Recipe& recipe,
                            MakePlan make_plan, int threads = 1);

  // How many samples it can use, spread over those that were calibrated on; 0 where there is
  // nothing to try nor to correct.
  int64_t samples() const;
  void add(std::vector<Tensor> inputs);  // of one sample

  // All samples are there. kCalibrationData where they are wanted and none came.
  Status begin();
  bool ended() const;
  Status step();
  // Of what step() does next: "try", "choose" (ranges of each value) or "correct".
  const char* phase() const;
  // What the last step() of the phase tried, or the layer that it was at; empty before that.
  std::string name() const;
  int64_t steps() const;  // of the phase
  int64_t done() const;

  Tuned finish();

 private:
  Tuner(const Graph& exact, const Recipe& recipe, MakePlan make_plan, int threads);

  // Ranges to try, of one of the equivalents.
  struct Choice {
    std::string name;
    Ranges ranges;
    size_t equivalent = 0;
    // Of when it was tried:
    std::optional<Verdict> verdict = {};
    ActivationParams params = {};
  };

  std::vector<std::string> ranges_by_hand() const;  // names of values
  void keep_ranges_by_hand(const Ranges& from, size_t first);
  void add_choices(Calibration calibration, size_t equivalent);
  const Graph& graph_of(size_t equivalent) const {
    return equivalents_[equivalent].graph_or(*exact_);
  }
  Result<Calibration> calibrated(const Graph& graph) const;

  bool smooths() const { return smoother_ && !smoother_->ended(); }
  bool equalizes() const;
  bool has_tried_all() const { return tried_ == choices_.size(); }
  bool is_correcting() const { return !smooths() && has_tried_all() && corrects(recipe_); }
  bool is_late() const;  // beyond the recipe's time limit; never before a choice was tried
  void stop();           // the best so far stays

  void begin_smoothing();
  Status smooth();
  Status equalize();
  Status try_next();
  Status begin_layers();
  Status choose_next();
  void rank();
  Status correct_next();
  Result<bool> keep_if_best(std::string name, size_t choice, QuantizeResult made);

  const Graph* exact_;
  Recipe recipe_;
  MakePlan make_plan_;
  int threads_;
  std::vector<std::vector<Tensor>> samples_;
  std::optional<Judge> judge_;  // of all samples
  TimeLimit time_;
  std::optional<Tuned> without_samples_;  // where there are none: the result

  std::unique_ptr<Smoother> smoother_;
  bool wants_equalizing_ = false;
  // The graph that others are made of, which may be smoothed, and the equalized one.
  std::vector<Equivalent> equivalents_ = std::vector<Equivalent>(1);
  std::vector<Choice> choices_;
  size_t tried_ = 0;                   // choices, from the first
  std::optional<LayerRanges> layers_;  // while ranges of each value are chosen
  bool chose_by_layer_ = false;
  std::vector<size_t> to_correct_;           // choices, the next one at the end
  std::optional<CorrectionRun> correction_;  // of that
  int64_t corrected_ = 0;                    // choices
  int64_t correction_steps_ = 1;             // of a choice, as far as is known

  std::vector<Trial> trials_;                // all, in their order
  size_t best_ = 0;                          // of them, once one of a choice is there
  size_t best_choice_ = 0;                   // that it was made of
  QuantizeResult quantized_;                 // the best
  std::vector<CorrectedLayer> corrections_;  // of it
};

}  // namespace octavo
