// From float graph and calibration to the int8 graph whose outputs are nearest on samples: of the
// ranges that observer auto leaves open the best are found by trying each, and the layers are
// corrected (corrector.h) where the recipe wants it and it helps.
//
//   make -> add the samples -> begin -> step until ended() -> finish
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "quant/calibrate.h"
#include "quant/corrector.h"
#include "quant/quantize.h"

namespace octavo {

// A whole model that was tried.
struct Trial {
  std::string name;    // "observer mse", "reconstruct"
  double sqnr_db = 0;  // of the outputs, on samples
  bool kept = false;   // it, or what was made of it, is the result
};

// Binds a graph to the shapes of its inputs and makes its plan.
using MakePlan = std::function<Result<std::shared_ptr<const Plan>>(const Graph& graph,
                                                                   std::span<const Shape> shapes)>;

struct Tuned {
  QuantizeResult quantized;
  std::vector<Trial> trials;                // none where there was no choice
  std::vector<CorrectedLayer> corrections;  // of the result
  Ranges ranges;                            // that it was made with
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
  // Of what step() does next: "try" or "correct".
  const char* phase() const { return is_correcting() ? "correct" : "try"; }
  int64_t steps() const;  // of the phase
  int64_t done() const;

  Tuned finish();

 private:
  using Outputs = std::vector<std::vector<float>>;

  Tuner(const Graph& exact, const Recipe& recipe, MakePlan make_plan, int threads);

  bool corrects() const;
  bool has_tried_all() const { return trials_.size() >= choices_.size(); }
  bool is_correcting() const { return has_tried_all() && corrects(); }
  int64_t corrected_choices() const { return std::ssize(trials_) - std::ssize(choices_); }
  Status try_next();
  void rank();
  Status begin_corrections();
  Status judge_corrections();
  void keep_if_best(size_t choice, std::string name, double sqnr_db, QuantizeResult made);
  Result<std::shared_ptr<const Plan>> plan_of(const Graph& graph) const;
  Result<double> sqnr_of(const Graph& quantized) const;

  const Graph* exact_;
  Recipe recipe_;
  MakePlan make_plan_;
  int threads_;
  std::vector<RangeChoice> choices_;
  std::vector<std::vector<Tensor>> samples_;
  std::vector<Outputs> exact_outputs_;       // by sample
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
