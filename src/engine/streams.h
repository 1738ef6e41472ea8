// Calibration and comparison sample by sample, for faces that fetch samples one at a time, show
// progress and may stop between them. The plan is made for the shapes of the first usable sample.
//
// Several engines share the samples of one job: each has a stream for the same models and recipe,
// and what `take` hands out as bytes is merged into one of them. The result is that of one stream,
// byte for byte. The bytes belong to this version of the engine: they are not for keeping.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/equalization.h"
#include "engine/session.h"
#include "quant/calibrator.h"
#include "quant/comparer.h"

namespace octavo {

class CalibrationStream {
 public:
  static Result<CalibrationStream> make(Session session, const RecipeFile& recipe);

  // False: the sample was skipped and is noted. Any other error than kImage is returned.
  Result<bool> add(const std::string& name, const Result<std::vector<Tensor>>& inputs);

  // What was added, and nothing stays.
  std::vector<std::byte> take();
  // `later`: taken from a stream that saw the samples after those of this one. kInvalidArgument
  // where it is of another model or recipe, or damaged.
  Status merge(std::span<const std::byte> later);

  const SampleLoader& loader() const { return loader_; }
  const RecipeFile& recipe() const { return recipe_; }
  int64_t samples() const { return statistics_.samples(); }
  const std::vector<SkippedSample>& skipped() const { return skipped_; }
  Result<Calibration> finish() const;

 private:
  CalibrationStream(Session session, SampleLoader loader, RecipeFile recipe);

  Session session_;
  SampleLoader loader_;
  RecipeFile recipe_;
  std::vector<std::string> values_;
  Statistics statistics_;
  std::optional<Calibrator> calibrator_;
  std::vector<SkippedSample> skipped_;
};

// Quantization step by step (quant/quantizer.h), for faces that fetch the samples again that it
// looks at.
class TuningStream {
 public:
  static Result<TuningStream> make(Session session, Calibration calibration,
                                   const RecipeFile& recipe);

  int64_t samples() const { return quantizer_.samples(); }
  // `label`: class from 0, -1 for none. False: the sample was passed over. Any other error than
  // kImage is returned.
  Result<bool> add(const std::string& name, Result<std::vector<Tensor>> inputs, int64_t label = -1);
  // Before the first step: what a search for layers to leave in float knew (fallback_json.h).
  void restore(FallbackState state) { quantizer_.restore(std::move(state)); }
  // The next step; false when none is left. The first one comes when all samples are there.
  Result<bool> step();
  const Quantizer& quantizer() const { return quantizer_; }
  Result<Session::Quantized> finish();

  const Session& session() const { return session_; }
  const SampleLoader& loader() const { return loader_; }
  const Calibration& calibration() const { return calibration_; }

 private:
  TuningStream(Session session, SampleLoader loader, Calibration calibration, RecipeFile recipe,
               Quantizer quantizer);

  Session session_;
  SampleLoader loader_;
  Calibration calibration_;
  RecipeFile recipe_;
  Quantizer quantizer_;
  bool begun_ = false;
};

// Sensitivity layer by layer (quant/sensitivity.h), for faces that fetch the samples again.
class SensitivityStream {
 public:
  static Result<SensitivityStream> make(Session session, const Calibration& calibration,
                                        const RecipeFile& recipe);

  // As of TuningStream.
  int64_t samples() const { return analysis_.samples(); }
  Result<bool> add(const std::string& name, Result<std::vector<Tensor>> inputs);
  Result<bool> step();
  int64_t steps() const { return analysis_.steps(); }
  int64_t done() const { return analysis_.done(); }
  const Sensitivity& found() const { return analysis_.found(); }  // whole when no step is left

  const SampleLoader& loader() const { return loader_; }

 private:
  SensitivityStream(Session session, SampleLoader loader, SensitivityAnalysis analysis);

  Session session_;
  SampleLoader loader_;
  SensitivityAnalysis analysis_;
  bool begun_ = false;
};

class ComparisonStream {
 public:
  // `samples`: how many there are in all; layers are compared on some of them, spread evenly.
  static Result<ComparisonStream> make(Session float_session, Session quantized,
                                       const RecipeFile& recipe, int64_t samples);

  // `index`: of all samples, in any order.
  Result<bool> add(int64_t index, const std::string& name,
                   const Result<std::vector<Tensor>>& inputs, int64_t label);
  // Measures both models on one more sample. The first time replaces the times of `add`, for jobs
  // whose engines disturbed each other.
  Status time(const std::string& name, const Result<std::vector<Tensor>>& inputs);

  std::vector<std::byte> take();
  // Taken from a stream that saw other samples.
  Status merge(std::span<const std::byte> other);

  const SampleLoader& loader() const { return loader_; }
  Result<CompareReport> report() const;

 private:
  ComparisonStream(Session float_session, Session quantized, SampleLoader loader, int64_t samples);

  Status prepare(std::span<const Tensor> inputs);

  Session float_session_;
  Session quantized_;
  Equalization equalization_;  // of it
  SampleLoader loader_;
  int64_t expected_;
  Comparison comparison_;
  bool timed_ = false;
  std::optional<Comparer> comparer_;
  std::map<int64_t, SkippedSample> skipped_;  // by index
};

}  // namespace octavo
