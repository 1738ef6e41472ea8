// The public face of the engine: one opened model and what comes of it.
//
//   Session::open -> calibrate -> quantize (a new Session) -> compare, run, save
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "engine/recipe_file.h"
#include "engine/sample_loader.h"
#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/compare.h"
#include "quant/lint.h"
#include "quant/normalized.h"
#include "quant/quantize.h"
#include "quant/quantizer.h"
#include "quant/sensitivity.h"
#include "runtime/executor.h"

namespace octavo {

// For recipes with a goal: what the samples of quantize() are judged by, and a search's memory.
struct Judging {
  std::vector<int64_t> labels;         // class of each sample, -1 for none; empty: none has one
  std::optional<FallbackState> state;  // of a search that was broken off
  std::function<Status(const FallbackState&)> keep;  // after each step; an error ends the work
};

class Session {
 public:
  // Reads any known format and simplifies the graph. A model with operators that are not supported
  // opens too; it cannot run. Weights are read when they are needed, by this session and those that
  // come of it: a source that fails meanwhile makes that fail, with kIo and the tensor's name.
  static Result<Session> open(std::shared_ptr<const ByteSource> source,
                              const OpenSibling& open_sibling = {});

  const Model& model() const { return *model_; }
  const Graph& graph() const { return model_->graph; }
  // What the model's BatchNormalization, which opening it draws into weights, tells of its values.
  const Normalized& normalized() const { return *normalized_; }

  // Ready to run inputs of these shapes; made once for each set of shapes, for all copies.
  Result<std::shared_ptr<const Plan>> plan_for(std::span<const Shape> shapes);
  // One run. Inputs in the graph's order; outputs likewise. A session and its copies share plans
  // and memory for this: one call at a time.
  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs);

  // Threads that `run` and profile() share the work of one run over, null for the caller's alone;
  // sessions may share them, one run at a time. The same bytes for any number.
  void use_threads(std::shared_ptr<ThreadPool> pool);
  const std::shared_ptr<ThreadPool>& pool() const { return pool_; }

  // Whether quantize() needs a calibration: of the static scheme, where neither the model brings
  // ranges nor its statistics are to give them.
  bool wants_samples(const RecipeFile& recipe) const;

  // Runs the samples and observes their values; the same ranges for any number of threads.
  Result<Calibration> calibrate(const SampleSource& source, const RecipeFile& recipe, int threads,
                                const Progress& progress = {});

  // Float model and its ranges in, int8 model out. `source`: the samples of the calibration, for
  // recipes that choose, correct or have a goal by looking at some of them again (see Quantizer).
  // The same bytes for any number of threads. Progress phases: "load" and those of Quantizer.
  struct Quantized;
  Result<Quantized> quantize(const Calibration& calibration, const RecipeFile& recipe,
                             const SampleSource& source = {}, int threads = 1,
                             const Progress& progress = {}, const Judging& judging = {}) const;

  // The same step by step.
  Result<Quantizer> quantizer(const Calibration& calibration, const RecipeFile& recipe,
                              int threads = 1) const;
  Result<Quantized> quantized(Quantization made, int64_t samples, const RecipeFile& recipe) const;

  // Which layers the loss comes from (quant/sensitivity.h), on some of the samples of the
  // calibration. Progress phases: "load", "measure".
  Result<Sensitivity> sensitivity(const Calibration& calibration, const RecipeFile& recipe,
                                  const SampleSource& source, int threads = 1,
                                  const Progress& progress = {}) const;
  Result<SensitivityAnalysis> sensitivity_analysis(const Calibration& calibration,
                                                   const RecipeFile& recipe, int threads = 1) const;

  // Faults of a quantized model; kInvalidArgument where it is float.
  Result<std::vector<Finding>> lint() const;

  // The model in `format` ("onnx"), given to `sink` piece by piece.
  Status save(const std::string& format,
              const std::function<Status(std::span<const std::byte>)>& sink) const;

 private:
  using Plans = std::map<std::vector<std::vector<int64_t>>, std::shared_ptr<const Plan>>;

  std::shared_ptr<const Model> model_;
  std::shared_ptr<const Normalized> normalized_ = std::make_shared<const Normalized>();
  std::shared_ptr<Plans> plans_ = std::make_shared<Plans>();
  std::shared_ptr<ThreadPool> pool_;
  std::shared_ptr<Executor> executor_;  // of the last run: its memory serves the next
  LintOptions lint_options_;
};

struct Session::Quantized {
  Session session;
  std::vector<NodeSummary> nodes;
  std::vector<Trial> trials;
  std::vector<CorrectedLayer> corrections;
  std::vector<Finding> findings;      // of lint(); empty where nothing became integer
  std::vector<std::string> warnings;  // of wishes that were left out
  // Of a recipe with a goal. Where it was not met, the session is the best that was found.
  std::optional<FallbackReport> fallback;
};

// The instruction set whose kernels run on this machine: "simd128" or "relaxed".
const char* kernel_isa();

// Shapes of the inputs of one run: of the first sample that can be read.
Result<std::vector<Shape>> sample_shapes(const SampleSource& source);

}  // namespace octavo
