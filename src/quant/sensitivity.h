// Which layers the loss comes from: each quantized alone with the rest in float, and each alone
// left in float with the rest quantized, judged at the outputs.
//
//   make -> add the samples -> begin -> step until ended() -> found
#pragma once

#include <optional>
#include <vector>

#include "quant/calibrate.h"
#include "quant/judge.h"
#include "quant/quantized_layers.h"
#include "quant/tuner.h"

namespace octavo {

struct LayerSensitivity {
  QuantizedLayer layer;
  // Quantized alone; none where it cannot be: Add and the like need an integer input.
  std::optional<Verdict> alone;
  Verdict left;                      // left in float alone
  double float_ms = 0, int8_ms = 0;  // of a run, on one thread
};

struct Sensitivity {
  int64_t samples = 0;
  Verdict quantized;  // all of them
  double int8_share = 0;
  std::vector<LayerSensitivity> layers;  // in running order
};

// Shares of the loss of all layers, measured by Verdict::distance(): what the layer makes when it
// alone is quantized, and what goes away when it alone is left in float, below 0 where that makes
// it worse. 0 where nothing is lost.
std::optional<double> loss_made(const Sensitivity& found, const LayerSensitivity& layer);
double loss_saved(const Sensitivity& found, const LayerSensitivity& layer);

double total_macs(const Sensitivity& found);

// Those that gain most by being left in float first.
std::vector<const LayerSensitivity*> worst_first(const Sensitivity& found);

// The few that stand out and are cheap, worst first: those to leave in float before anything else.
std::vector<const LayerSensitivity*> standing_out(const Sensitivity& found);

class SensitivityAnalysis {
 public:
  // `exact` stays the caller's. Of observer auto it takes the first ranges, and corrects nothing.
  // Errors of quantize(); kInvalidArgument where the recipe's scheme is not static.
  static Result<SensitivityAnalysis> make(const Graph& exact, const Calibration& calibration,
                                          const Recipe& recipe, MakePlan make_plan,
                                          int threads = 1);

  int64_t samples() const { return 64; }                     // most that it looks at
  void add(std::vector<Tensor> inputs, int64_t label = -1);  // of a sample; -1: no label

  // All samples are there. kCalibrationData where none came.
  Status begin();
  bool ended() const { return done_ == steps(); }
  Status step();
  int64_t steps() const { return 1 + std::ssize(found_.layers); }
  int64_t done() const { return done_; }

  const Sensitivity& found() const { return found_; }  // whole once it has ended

 private:
  SensitivityAnalysis(const Graph& exact, Ranges ranges, const Recipe& recipe, MakePlan make_plan,
                      int threads);
  Result<QuantizeResult> made(const Recipe& recipe) const;
  Status measure_all();
  Status measure(LayerSensitivity& layer) const;

  const Graph* exact_;
  Ranges ranges_;
  Recipe recipe_;
  MakePlan make_plan_;
  int threads_;
  std::vector<std::vector<Tensor>> samples_;
  std::vector<int64_t> labels_;
  std::optional<Judge> judge_;
  QuantizeResult all_;  // of them quantized
  Sensitivity found_;
  int64_t done_ = 0;
};

}  // namespace octavo
