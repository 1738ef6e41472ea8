// Calibration and comparison sample by sample, for faces that fetch samples one at a time, show
// progress and may stop between them. The plan is made for the shapes of the first usable sample.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/session.h"
#include "quant/calibrator.h"
#include "quant/comparer.h"

namespace octavo {

class CalibrationStream {
 public:
  static Result<CalibrationStream> make(Session session, const RecipeFile& recipe);

  // False: the sample was skipped and is noted. Any other error than kImage is returned.
  Result<bool> add(const std::string& name, const Result<std::vector<Tensor>>& inputs);

  const SampleLoader& loader() const { return loader_; }
  const RecipeFile& recipe() const { return recipe_; }
  int64_t samples() const { return calibrator_ ? calibrator_->samples() : 0; }
  const std::vector<SkippedSample>& skipped() const { return skipped_; }
  Result<Calibration> finish() const;

 private:
  CalibrationStream(Session session, SampleLoader loader, RecipeFile recipe);

  Session session_;
  SampleLoader loader_;
  RecipeFile recipe_;
  std::optional<Calibrator> calibrator_;
  std::vector<SkippedSample> skipped_;
};

class ComparisonStream {
 public:
  // `samples`: how many will be added; layers are compared on some of them, spread evenly.
  static Result<ComparisonStream> make(Session float_session, Session quantized,
                                       const RecipeFile& recipe, int64_t samples);

  Result<bool> add(const std::string& name, const Result<std::vector<Tensor>>& inputs,
                   int64_t label);

  const SampleLoader& loader() const { return loader_; }
  Result<CompareReport> report() const;

 private:
  ComparisonStream(Session float_session, Session quantized, SampleLoader loader, int64_t samples);

  Session float_session_;
  Session quantized_;
  SampleLoader loader_;
  int64_t expected_;
  int64_t index_ = 0;
  std::optional<Comparer> comparer_;
  std::vector<SkippedSample> skipped_;
};

}  // namespace octavo
