#include "engine/streams.h"

#include "quant/shards.h"

namespace octavo {
namespace {

// What a state begins with: the number goes up when its form changes.
constexpr const char* kCalibrationState = "octavo calibration 1";
constexpr const char* kComparisonState = "octavo comparison 2";

Status foreign_state() {
  return {ErrorCode::kInvalidArgument,
          "this state is damaged, or of another model, recipe or version"};
}

void put(const SkippedSample& skipped, ByteWriter& out) {
  out.put_text(skipped.name);
  out.put_text(skipped.reason);
}

SkippedSample take_skipped(ByteReader& in) {
  std::string name = in.take_text();
  return {std::move(name), in.take_text()};
}

// A sample that cannot be used is passed over; other errors go on.
Status check_skippable(const std::string& name, const Status& status) {
  return status.code() == ErrorCode::kImage ? Status() : status.at(name);
}

}  // namespace

CalibrationStream::CalibrationStream(Session session, SampleLoader loader, RecipeFile recipe)
    : session_(std::move(session)),
      loader_(std::move(loader)),
      recipe_(std::move(recipe)),
      values_(values_to_observe(session_.graph(), recipe_.recipe)),
      statistics_(values_, recipe_.recipe) {}

Result<CalibrationStream> CalibrationStream::make(Session session, const RecipeFile& recipe) {
  OCTAVO_RETURN_IF_ERROR(check_is_float(session.graph()));
  OCTAVO_RETURN_IF_ERROR(validate(recipe.recipe, session.graph()).status());
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  return CalibrationStream(std::move(session), std::move(loader), recipe);
}

Result<bool> CalibrationStream::add(const std::string& name,
                                    const Result<std::vector<Tensor>>& inputs) {
  if (!inputs.ok()) {
    OCTAVO_RETURN_IF_ERROR(check_skippable(name, inputs.status()));
    skipped_.push_back({name, inputs.status().message()});
    return false;
  }
  if (!calibrator_) {
    OCTAVO_ASSIGN_OR_RETURN(auto plan, session_.plan_for(shapes_of(*inputs)));
    calibrator_.emplace(std::move(plan), values_);
  }
  OCTAVO_RETURN_IF_ERROR(calibrator_->add(*inputs, statistics_).at(name));
  return true;
}

std::vector<std::byte> CalibrationStream::take() {
  ByteWriter out;
  out.put_text(kCalibrationState);
  statistics_.write(out);
  out.put_varint(skipped_.size());
  for (const SkippedSample& skipped : skipped_) put(skipped, out);
  statistics_ = Statistics(values_, recipe_.recipe);
  skipped_.clear();
  return out.bytes();
}

Status CalibrationStream::merge(std::span<const std::byte> later) {
  ByteReader in(later);
  Statistics statistics(values_, recipe_.recipe);
  std::vector<SkippedSample> skipped;
  if (in.take_text() != kCalibrationState) return foreign_state();
  statistics.read(in);
  for (size_t left = in.take_count(2); left > 0 && in.ok(); --left) {
    skipped.push_back(take_skipped(in));
  }
  if (!in.ok() || !in.at_end()) return foreign_state();
  statistics_.merge(statistics);
  skipped_.insert(skipped_.end(), skipped.begin(), skipped.end());
  return {};
}

Result<Calibration> CalibrationStream::finish() const {
  OCTAVO_RETURN_IF_ERROR(check_any_used(samples(), skipped_));
  OCTAVO_ASSIGN_OR_RETURN(Ranges ranges, statistics_.ranges());
  OCTAVO_ASSIGN_OR_RETURN(std::vector<RangeChoice> choices, statistics_.choices());
  return Calibration{std::move(ranges), std::move(choices), samples(), skipped_};
}

TuningStream::TuningStream(Session session, SampleLoader loader, Calibration calibration,
                           RecipeFile recipe, Quantizer quantizer)
    : session_(std::move(session)),
      loader_(std::move(loader)),
      calibration_(std::move(calibration)),
      recipe_(std::move(recipe)),
      quantizer_(std::move(quantizer)) {}

Result<TuningStream> TuningStream::make(Session session, Calibration calibration,
                                        const RecipeFile& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(Quantizer quantizer, session.quantizer(calibration, recipe));
  return TuningStream(std::move(session), std::move(loader), std::move(calibration), recipe,
                      std::move(quantizer));
}

Result<bool> TuningStream::add(const std::string& name, Result<std::vector<Tensor>> inputs,
                               int64_t label) {
  if (!inputs.ok()) {
    OCTAVO_RETURN_IF_ERROR(check_skippable(name, inputs.status()));
    return false;
  }
  quantizer_.add(*std::move(inputs), label);
  return true;
}

Result<bool> TuningStream::step() {
  if (!begun_) OCTAVO_RETURN_IF_ERROR(quantizer_.begin());
  begun_ = true;
  if (quantizer_.ended()) return false;
  OCTAVO_RETURN_IF_ERROR(quantizer_.step());
  return true;
}

Result<Session::Quantized> TuningStream::finish() {
  OCTAVO_ASSIGN_OR_RETURN(Quantization made, quantizer_.finish());
  return session_.quantized(std::move(made), calibration_.samples, recipe_);
}

SensitivityStream::SensitivityStream(Session session, SampleLoader loader,
                                     SensitivityAnalysis analysis)
    : session_(std::move(session)), loader_(std::move(loader)), analysis_(std::move(analysis)) {}

Result<SensitivityStream> SensitivityStream::make(Session session, const Calibration& calibration,
                                                  const RecipeFile& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(SensitivityAnalysis analysis,
                          session.sensitivity_analysis(calibration, recipe));
  return SensitivityStream(std::move(session), std::move(loader), std::move(analysis));
}

Result<bool> SensitivityStream::add(const std::string& name, Result<std::vector<Tensor>> inputs) {
  if (!inputs.ok()) {
    OCTAVO_RETURN_IF_ERROR(check_skippable(name, inputs.status()));
    return false;
  }
  analysis_.add(*std::move(inputs));
  return true;
}

Result<bool> SensitivityStream::step() {
  if (!begun_) OCTAVO_RETURN_IF_ERROR(analysis_.begin());
  begun_ = true;
  if (analysis_.ended()) return false;
  OCTAVO_RETURN_IF_ERROR(analysis_.step());
  return true;
}

ComparisonStream::ComparisonStream(Session float_session, Session quantized, SampleLoader loader,
                                   int64_t samples)
    : float_session_(std::move(float_session)),
      quantized_(std::move(quantized)),
      equalization_(equalization_of(quantized_.model(), float_session_.graph())),
      loader_(std::move(loader)),
      expected_(samples) {}

Result<ComparisonStream> ComparisonStream::make(Session float_session, Session quantized,
                                                const RecipeFile& recipe, int64_t samples) {
  OCTAVO_ASSIGN_OR_RETURN(SampleLoader loader, SampleLoader::make(float_session.graph(), recipe));
  return ComparisonStream(std::move(float_session), std::move(quantized), std::move(loader),
                          samples);
}

Status ComparisonStream::prepare(std::span<const Tensor> inputs) {
  if (comparer_) return {};
  const std::vector<Shape> shapes = shapes_of(inputs);
  OCTAVO_ASSIGN_OR_RETURN(auto exact, float_session_.plan_for(shapes));
  OCTAVO_ASSIGN_OR_RETURN(auto rough, quantized_.plan_for(shapes));
  comparer_.emplace(std::move(exact), std::move(rough), CompareOptions(), expected_,
                    equalization_.factors);
  comparison_.layers = comparer_->layers();
  return {};
}

Result<bool> ComparisonStream::add(int64_t index, const std::string& name,
                                   const Result<std::vector<Tensor>>& inputs, int64_t label) {
  if (index < 0 || index >= expected_) {
    return Status(ErrorCode::kInvalidArgument,
                  "there are " + std::to_string(expected_) + " samples, this is number " +
                      std::to_string(index),
                  name);
  }
  if (!inputs.ok()) {
    OCTAVO_RETURN_IF_ERROR(check_skippable(name, inputs.status()));
    skipped_[index] = {name, inputs.status().message()};
    return false;
  }
  OCTAVO_RETURN_IF_ERROR(prepare(*inputs));
  OCTAVO_RETURN_IF_ERROR(comparer_->add(index, name, *inputs, label, comparison_).at(name));
  return true;
}

Status ComparisonStream::time(const std::string& name, const Result<std::vector<Tensor>>& inputs) {
  if (!inputs.ok()) return check_skippable(name, inputs.status());
  OCTAVO_RETURN_IF_ERROR(prepare(*inputs));
  if (!timed_) comparison_.float_ms = comparison_.quantized_ms = {};
  timed_ = true;
  return comparer_->time(*inputs, comparison_).at(name);
}

std::vector<std::byte> ComparisonStream::take() {
  ByteWriter out;
  out.put_text(kComparisonState);
  write(comparison_, out);
  out.put_varint(skipped_.size());
  for (const auto& [index, skipped] : skipped_) {
    out.put_varint(static_cast<uint64_t>(index));
    put(skipped, out);
  }
  comparison_ = {.layers = std::move(comparison_.layers)};
  skipped_.clear();
  return out.bytes();
}

Status ComparisonStream::merge(std::span<const std::byte> other) {
  ByteReader in(other);
  if (in.take_text() != kComparisonState) return foreign_state();
  Comparison comparison = read_comparison(in, expected_);
  std::map<int64_t, SkippedSample> skipped;
  for (size_t left = in.take_count(3); left > 0 && in.ok(); --left) {
    const auto index = static_cast<int64_t>(in.take_varint());
    skipped[index] = take_skipped(in);
  }
  const bool same_layers = comparison_.layers.empty() || comparison.layers.empty() ||
                           comparison.layers == comparison_.layers;
  if (!in.ok() || !in.at_end() || !same_layers) return foreign_state();
  octavo::merge(comparison_, std::move(comparison));
  skipped_.merge(skipped);
  return {};
}

Result<CompareReport> ComparisonStream::report() const {
  std::vector<SkippedSample> skipped;
  for (const auto& [index, sample] : skipped_) skipped.push_back(sample);
  OCTAVO_RETURN_IF_ERROR(check_any_used(std::ssize(comparison_.answers), skipped));
  const auto model_of = [](const Session& session, const Equalization& equalization) {
    return ComparedModel{nullptr, session.model().bytes, &session.graph(), equalization.factors,
                         equalization.warnings};
  };
  return report_of(comparison_, model_of(float_session_, {}), model_of(quantized_, equalization_),
                   std::move(skipped));
}

}  // namespace octavo
