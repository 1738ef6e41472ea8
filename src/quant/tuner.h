// From float graph and calibration to the int8 graph whose outputs are nearest on samples: of the
// ranges that observer auto leaves open the best are found by trying each, then for each value
// (layer_ranges.h), and the layers are corrected (corrector.h) where the recipe wants it and it
// helps. Without samples it is what data-free quantization makes (without_samples.h).
//
//   make -> add the samples -> begin -> step until ended() -> finish
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time_limit.h"
#include "quant/calibrate.h"
#include "quant/corrections/channel_factors.h"
#include "quant/corrector.h"
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

  // Ranges to try, of the graph or of the equalized one.
  struct Choice {
    std::string name;
    Ranges ranges;
    bool is_equalized = false;
    ActivationParams params = {};  // what became of it when it was tried
  };

  std::vector<std::string> ranges_by_hand() const;  // names of values
  void keep_ranges_by_hand(const Ranges& from, size_t first);
  void begin_smoothing();
  Status smooth();
  bool equalizes() const;
  bool corrects() const;
  bool corrects_by_layer() const;
  bool is_late() const;  // beyond the recipe's time limit; never before a choice was tried
  void stop();           // the best so far stays
  bool wants_equalizing() const { return equalizes() && !tried_equalizing_; }
  bool has_tried_all() const { return trials_.size() >= choices_.size(); }
  int64_t corrected_choices() const { return std::ssize(trials_) - std::ssize(choices_); }
  const Graph& graph_of(const Choice& choice) const;
  void add_choices(Calibration calibration, bool is_equalized);
  Status equalize();
  Result<Calibration> calibrated(const Graph& graph) const;
  Status try_next();
  Status begin_layers();
  Status choose_next();
  void rank();
  Status begin_corrections();
  Status correct_analytically();
  Status judge_corrections(std::vector<CorrectedLayer> layers);
  Status keep_if_best(std::string name, size_t choice, QuantizeResult made);

  const Graph* exact_;
  Recipe recipe_;
  MakePlan make_plan_;
  int threads_;
  std::vector<std::vector<Tensor>> samples_;
  std::optional<Judge> judge_;  // of all samples
  TimeLimit time_;
  std::optional<Tuned> without_samples_;  // where there are none: the result
  std::unique_ptr<Smoother> smoother_;    // while it tries
  Smoothed smoothed_;                     // what exact_ is from then on
  std::vector<Trial> smoothing_trials_;   // before trials_
  int64_t smoothing_steps_ = 0;           // done
  std::vector<Choice> choices_;
  bool tried_equalizing_ = false;
  std::shared_ptr<const Graph> equalized_;  // null where there was nothing to gain
  ChannelFactors factors_;                  // of the outputs of its products
  std::optional<LayerRanges> layers_;       // while ranges of each value are chosen
  bool chose_by_layer_ = false;
  std::vector<Trial> trials_;                // first those of the choices
  size_t best_ = 0;                          // of them
  size_t best_choice_ = 0;                   // that it was made of
  QuantizeResult quantized_;                 // the best
  std::vector<CorrectedLayer> corrections_;  // of it
  std::vector<size_t> to_correct_;           // choices, the next one at the end
  std::unique_ptr<QuantizeResult> corrected_;
  std::optional<Corrector> corrector_;  // of corrected_
  int64_t correction_steps_ = 1;        // of a choice, as far as is known
};

}  // namespace octavo
