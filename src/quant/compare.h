// Float and quantized model side by side on the same samples.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "quant/corrections/smooth_places.h"
#include "quant/samples.h"
#include "quant/tensor_report.h"
#include "runtime/plan.h"

namespace octavo {

// What to try where a layer loses much.
struct Advice {
  std::string code;  // "channel_spread": see quant/advice.cc
  std::string text;
};

// Errors of one layer of the quantized model against the same value of the float model.
struct LayerError {
  std::string name;                         // of the node
  std::string op;                           // "Conv"
  double sqnr_db = 0;                       // its own: the layer fed with the float model's values
  double accumulated_sqnr_db = 0;           // with everything before it quantized too
  double cosine = 0;                        // accumulated
  std::optional<TensorReport> activations;  // its output; none where that stays float
  std::optional<TensorReport> weights;      // none where it has none in integers
  std::vector<Advice> advice;
};

struct ModelScore {
  std::optional<double> top1;  // share of labelled samples, 0..1; none where there are no labels or
  std::optional<double> top5;  // the first output is not one list of classes
  double ms = 0;               // median of plain runs, one at a time on one thread
  uint64_t bytes = 0;          // of the file
};

struct OutputError {
  double sqnr_db = 0;  // of all float outputs together
  double cosine = 0;
  std::optional<double> kl;  // mean KL divergence of the answers, nats; none as for top1
};

// A sample to which the models give different answers. Classes as labels count them: from 0, -1 for
// the background that 1001 classes begin with.
struct Flip {
  struct Guess {
    int64_t class_index = 0;
    double confidence = 0;  // the probability that the model itself gives it
  };
  std::string name;  // of the sample
  std::optional<int64_t> label;
  Guess before;  // of the float model
  Guess after;
};

struct CompareReport {
  int64_t images = 0;               // used
  std::optional<double> agreement;  // share of samples with the same top-1; none as for top1
  ModelScore float_model;
  ModelScore quantized;
  OutputError output;
  std::vector<LayerError> layers;  // in running order
  std::vector<Flip> flips;         // in the order of the samples
  std::vector<SkippedSample> skipped;
  std::vector<std::string> warnings;  // of the quantized model
};

struct ComparedModel {
  std::shared_ptr<const Plan> plan;
  uint64_t bytes = 0;
  const Graph* graph = nullptr;  // as it was opened; null: nothing is told of weights
  ValueFactors factors = {};     // of a quantized one: layers differ by them
  std::vector<std::string> warnings = {};
};

struct CompareOptions {
  std::vector<int64_t> labels;  // class of each sample, -1 for none; empty where there are none
  int layer_samples = 16;       // spread evenly over the samples; 0 leaves out the layers
  int timed_runs = 11;          // of each model, where several threads disturb the times
  int threads = 1;
};

// Best first, ties to the lower index, at most k.
std::vector<int64_t> top_classes(std::span<const float> scores, int k);

// SQNR in dB: 10 log10(sum r^2 / sum (r - q)^2), at most 200, where the two are equal too; at least
// -200. Results but `ms` are the same for any number of threads. kInvalidArgument where the models'
// outputs differ in shape or a label is beyond the classes; kCalibrationData where no sample could
// be used. Progress phases: "compare", "time".
Result<CompareReport> compare(const ComparedModel& float_model, const ComparedModel& quantized,
                              const SampleSource& source, const CompareOptions& options,
                              const Progress& progress = {});

}  // namespace octavo
