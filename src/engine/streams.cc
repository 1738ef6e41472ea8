#include "engine/streams.h"

namespace octavo {
namespace {

std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<Shape> shapes;
  for (const Tensor& tensor : tensors) shapes.push_back(tensor.shape());
  return shapes;
}

// False and a note for a sample that cannot be used; other errors go on.
Result<bool> usable(const std::string& name, const Result<std::vector<Tensor>>& inputs,
                    std::vector<SkippedSample>& skipped) {
  if (inputs.ok()) return true;
  if (inputs.status().code() != ErrorCode::kImage) return inputs.status().at(name);
  skipped.push_back({name, inputs.status().message()});
  return false;
}

}  // namespace

CalibrationStream::CalibrationStream(Session session, SampleLoader loader, RecipeFile recipe)
    : session_(std::move(session)), loader_(std::move(loader)), recipe_(std::move(recipe)) {}

Result<CalibrationStream> CalibrationStream::make(Session session, const RecipeFile& recipe) {
  OCTAVO_RETURN_IF_ERROR(validate(recipe.recipe, session.graph()).status());
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  return CalibrationStream(std::move(session), std::move(loader), recipe);
}

Result<bool> CalibrationStream::add(const std::string& name,
                                    const Result<std::vector<Tensor>>& inputs) {
  OCTAVO_ASSIGN_OR_RETURN(const bool use, usable(name, inputs, skipped_));
  if (!use) return false;
  if (!calibrator_) {
    OCTAVO_ASSIGN_OR_RETURN(auto plan, session_.plan_for(shapes_of(*inputs)));
    const auto values = values_to_observe(session_.graph(), recipe_.recipe);
    calibrator_.emplace(std::move(plan), values, recipe_.recipe);
  }
  OCTAVO_RETURN_IF_ERROR(calibrator_->add(*inputs).at(name));
  return true;
}

Result<Calibration> CalibrationStream::finish() const {
  OCTAVO_RETURN_IF_ERROR(check_any_used(samples(), skipped_));
  OCTAVO_ASSIGN_OR_RETURN(Ranges ranges, calibrator_->ranges());
  return Calibration{std::move(ranges), calibrator_->samples(), skipped_};
}

ComparisonStream::ComparisonStream(Session float_session, Session quantized, SampleLoader loader,
                                   int64_t samples)
    : float_session_(std::move(float_session)),
      quantized_(std::move(quantized)),
      loader_(std::move(loader)),
      expected_(samples) {}

Result<ComparisonStream> ComparisonStream::make(Session float_session, Session quantized,
                                                const RecipeFile& recipe, int64_t samples) {
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(float_session.graph(), recipe));
  return ComparisonStream(std::move(float_session), std::move(quantized), std::move(loader),
                          samples);
}

Result<bool> ComparisonStream::add(const std::string& name,
                                   const Result<std::vector<Tensor>>& inputs, int64_t label) {
  const int64_t index = index_++;
  OCTAVO_ASSIGN_OR_RETURN(const bool use, usable(name, inputs, skipped_));
  if (!use) return false;
  if (!comparer_) {
    const std::vector<Shape> shapes = shapes_of(*inputs);
    OCTAVO_ASSIGN_OR_RETURN(auto exact, float_session_.plan_for(shapes));
    OCTAVO_ASSIGN_OR_RETURN(auto rough, quantized_.plan_for(shapes));
    CompareOptions options;
    comparer_.emplace(std::move(exact), std::move(rough), options, expected_);
  }
  OCTAVO_RETURN_IF_ERROR(comparer_->add(index, *inputs, label).at(name));
  return true;
}

Result<CompareReport> ComparisonStream::report() const {
  OCTAVO_RETURN_IF_ERROR(check_any_used(comparer_ ? comparer_->samples() : 0, skipped_));
  CompareReport report = comparer_->report();
  report.float_model.bytes = float_session_.model().bytes;
  report.quantized.bytes = quantized_.model().bytes;
  report.skipped = skipped_;
  return report;
}

}  // namespace octavo
