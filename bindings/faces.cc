#include "faces.h"

#include "engine/fallback_json.h"
#include "engine/findings.h"
#include "engine/inspect.h"
#include "engine/labels.h"
#include "engine/mnn_config.h"
#include "engine/npy.h"
#include "engine/profile.h"
#include "engine/ranges/given_ranges.h"
#include "engine/ranges/match_ranges.h"
#include "engine/report_html.h"
#include "engine/report_json.h"
#include "engine/threshold.h"
#include "quant/report.h"

namespace octavo {
namespace {

std::shared_ptr<ThreadPool> pool;  // of all sessions: one of them runs at a time

template <typename T>
val outcome_from(const Result<T>& result) {
  return result.ok() ? outcome_of(*result) : outcome(result.status());
}

// A handle of class T made from a result, or its error.
template <typename T, typename From>
val handle_from(Result<From> result) {
  return result.ok() ? outcome_of(T(*std::move(result))) : outcome(result.status());
}

Result<std::vector<Tensor>> load_image(const SampleLoader& loader, const val& image) {
  OCTAVO_ASSIGN_OR_RETURN(const Image decoded, image_from(image));
  return loader.load(decoded);
}

// Of a file, or of an object of files by their names: a folder.
Result<std::vector<Tensor>> load_file(const SampleLoader& loader, const val& file) {
  if (is_bytes(file)) return loader.load(bytes_from(file));
  std::vector<SampleFile> files;
  for (const std::string& name :
       vecFromJSArray<std::string>(val::global("Object").call<val>("keys", file))) {
    files.push_back({name, bytes_from(file[name])});
  }
  return loader.load(files);
}

Result<SampleLoader> loader_of(const Session& session, const std::string& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(const RecipeFile read, recipe_from_json(recipe, default_recipe()));
  return SampleLoader::make(session.graph(), read);
}

val bytes_to(const std::vector<std::byte>& bytes) {
  return to_uint8_array(bytes.data(), bytes.size());
}

val to_numbers(const std::vector<int64_t>& numbers) {
  return val::array(std::vector<double>(numbers.begin(), numbers.end()));
}

Result<std::vector<Tensor>> tensors_from(const val& inputs) {
  std::vector<Tensor> tensors;
  const auto count = inputs["length"].as<unsigned>();
  for (unsigned i = 0; i < count; ++i) {
    Result<Tensor> tensor = tensor_from(inputs[i]);
    if (!tensor.ok()) return tensor.status().at("input " + std::to_string(i));
    tensors.push_back(*std::move(tensor));
  }
  return tensors;
}

Result<Profile> profile_of(Session& session, const val& inputs, int runs) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> tensors, tensors_from(inputs));
  return profile(session, tensors, runs);
}

// A file of ranges, with what there is to say of it.
val written(const Result<RangeFile>& file, const std::string& format,
            const std::vector<std::string>& warnings) {
  if (!file.ok()) return outcome(file.status());
  const Result<const RangeFormat*> writer = find_range_format(format);
  if (!writer.ok()) return outcome(writer.status());
  const std::string bytes = (*writer)->write(*file);
  val result = val::object();
  result.set("bytes", to_uint8_array(bytes.data(), bytes.size()));
  result.set("summary", summary_of(*file, **writer));
  result.set("warnings", val::array(warnings));
  return outcome_of(std::move(result));
}

val to_tensors(const std::vector<Tensor>& tensors) {
  val array = val::array();
  for (const Tensor& tensor : tensors) array.call<void>("push", to_tensor(tensor));
  return array;
}

}  // namespace

void use_threads(int threads) {
  pool = threads > 1 ? std::make_shared<ThreadPool>(threads) : nullptr;
}

int threads() { return pool ? pool->threads() : 1; }

val open_session(val source, val sibling) {
  const auto open_sibling =
      [sibling](const std::string& name) -> Result<std::shared_ptr<const ByteSource>> {
    const val found = sibling(name);
    if (found.isNull() || found.isUndefined()) {
      return Status(ErrorCode::kModelUnreadable,
                    "the model keeps weights in this file beside it; give it too", name);
    }
    return source_from(found);
  };
  return handle_from<JsSession>(Session::open(source_from(source), open_sibling));
}

std::string recipe_keys_json() {
  OrderedJson keys = OrderedJson::array();
  for (const RecipeKey& k : recipe_keys()) {
    keys.push_back({{"key", k.key},
                    {"flag", k.flag},
                    {"value", k.value},
                    {"help", k.help},
                    {"repeatable", k.repeatable}});
  }
  return dump_json(keys);
}

val normalize_recipe(const std::string& recipe) {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  return read.ok() ? outcome_of(recipe_to_json(*read)) : outcome(read.status());
}

val overlay_recipe(const std::string& base, const std::string& recipe) {
  const Result<RecipeFile> below = recipe_from_json(base, default_recipe());
  if (!below.ok()) return outcome(below.status());
  const Result<RecipeFile> read = recipe_from_json(recipe, *below);
  return read.ok() ? outcome_of(recipe_to_json(*read)) : outcome(read.status());
}

val read_mnn_config_file(const std::string& text) {
  const Result<MnnConfig> config = read_mnn_config(text);
  if (!config.ok()) return outcome(config.status());
  return outcome_of(dump_json({{"recipe", recipe_to_json(config->recipe)},
                               {"images", config->images},
                               {"warnings", config->warnings}}));
}

val check_range_format(const std::string& name) {
  return outcome(find_range_format(name).status());
}

val set_flag(const std::string& recipe, const std::string& key, const std::string& text) {
  Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const Status status = set_from_flag(*read, key, text);
  return status.ok() ? outcome_of(recipe_to_json(*read)) : outcome(status);
}

val check_head(const val& head) { return outcome(check_sample_head(bytes_from(head))); }

val check_thresholds(const std::string& text) { return outcome(parse_thresholds(text).status()); }

val html_of_report(const std::string& report, const std::string& title) {
  const Result<std::string> page = report_html(report, title);
  return page.ok() ? outcome_of(*page) : outcome(page.status());
}

val labels_by_lines(const std::string& text, val names) {
  const auto labels = labels_from_lines(text, vecFromJSArray<std::string>(names));
  return labels.ok() ? outcome_of(to_numbers(*labels)) : outcome(labels.status());
}

val labels_by_folders(val names) {
  return to_numbers(labels_from_folders(vecFromJSArray<std::string>(names)));
}

val read_npy_file(const val& file) {
  const Result<Tensor> tensor = read_npy(bytes_from(file));
  return tensor.ok() ? outcome_of(to_tensor(*tensor)) : outcome(tensor.status());
}

val write_npy_file(val tensor) {
  const Result<Tensor> given = tensor_from(tensor);
  if (!given.ok()) return outcome(given.status());
  const auto bytes = write_npy(given->dtype(), given->shape(), given->data());
  return outcome_of(bytes_to(bytes));
}

// --- calibration and comparison
// --------------------------------------------------------------------

val JsCalibration::add_file(const std::string& name, const val& file) {
  return outcome_from(stream_->add(name, load_file(stream_->loader(), file)));
}

val JsCalibration::add_image(const std::string& name, val image) {
  return outcome_from(stream_->add(name, load_image(stream_->loader(), image)));
}

val JsCalibration::take() { return bytes_to(stream_->take()); }

val JsCalibration::merge(const val& later) { return outcome(stream_->merge(bytes_from(later))); }

int JsCalibration::count() const {
  return static_cast<int>(stream_->samples() + std::ssize(stream_->skipped()));
}

std::string JsCalibration::skipped() const { return dump_json(to_json(stream_->skipped())); }

val JsCheck::add_file(const std::string& name, const val& file, int label) {
  if (!is_bytes(file)) return outcome({ErrorCode::kCalibrationData, "is no picture", name});
  return outcome_from(check_->add(name, bytes_from(file), label));
}

val JsCheck::add_image(const std::string& name, val image, int label) {
  const Result<Image> decoded = image_from(image);
  if (!decoded.ok()) return outcome(decoded.status());
  return outcome_from(check_->add(name, *decoded, label));
}

val JsCheck::report() const {
  const Result<PreprocessReport> report = check_->report();
  return report.ok() ? outcome_of(dump_json(to_json(*report))) : outcome(report.status());
}

val JsCheck::report_text() const {
  const Result<PreprocessReport> report = check_->report();
  return report.ok() ? outcome_of(to_text(*report)) : outcome(report.status());
}

val JsComparison::add_file(int index, const std::string& name, const val& file, int label) {
  return outcome_from(stream_->add(index, name, load_file(stream_->loader(), file), label));
}

val JsComparison::add_image(int index, const std::string& name, val image, int label) {
  return outcome_from(stream_->add(index, name, load_image(stream_->loader(), image), label));
}

val JsComparison::time_file(const std::string& name, const val& file) {
  return outcome(stream_->time(name, load_file(stream_->loader(), file)));
}

val JsComparison::time_image(const std::string& name, val image) {
  return outcome(stream_->time(name, load_image(stream_->loader(), image)));
}

val JsComparison::take() { return bytes_to(stream_->take()); }

val JsComparison::merge(const val& other) { return outcome(stream_->merge(bytes_from(other))); }

val JsComparison::report() const {
  const Result<CompareReport> report = stream_->report();
  return report.ok() ? outcome_of(dump_json(to_json(*report))) : outcome(report.status());
}

val JsComparison::report_text(int width, bool color) const {
  const Result<CompareReport> report = stream_->report();
  if (!report.ok()) return outcome(report.status());
  return outcome_of(octavo::report_text(*report, {.width = width, .color = color}));
}

val JsComparison::missed(const std::string& thresholds) const {
  const Result<std::vector<Threshold>> parsed = parse_thresholds(thresholds);
  if (!parsed.ok()) return outcome(parsed.status());
  const Result<CompareReport> report = stream_->report();
  if (!report.ok()) return outcome(report.status());
  return outcome_of(missed_thresholds(*report, *parsed));
}

val JsTuning::add_file(const std::string& name, const val& file, int label) {
  return outcome_from(stream_->add(name, load_file(stream_->loader(), file), label));
}

val JsTuning::add_image(const std::string& name, val image, int label) {
  return outcome_from(stream_->add(name, load_image(stream_->loader(), image), label));
}

val JsTuning::restore(const std::string& state) {
  Result<FallbackState> read = state_from_json(state);
  if (!read.ok()) return outcome(read.status());
  stream_->restore(*std::move(read));
  return outcome({});
}

std::string JsTuning::state() const {
  const auto state = stream_->quantizer().state();
  return state ? state_to_json(*state) : std::string();
}

val JsTuning::step() { return outcome_from(stream_->step()); }

val JsTuning::finish() {
  Result<Session::Quantized> made = stream_->finish();
  if (!made.ok()) return outcome(made.status());
  return outcome_of(JsSession(*std::move(made), stream_->session(), stream_->calibration()));
}

val JsSensitivity::add_file(const std::string& name, const val& file) {
  return outcome_from(stream_->add(name, load_file(stream_->loader(), file)));
}

val JsSensitivity::add_image(const std::string& name, val image) {
  return outcome_from(stream_->add(name, load_image(stream_->loader(), image)));
}

val JsSensitivity::step() { return outcome_from(stream_->step()); }

val JsRangeLog::add_file(const std::string& name, const val& file) {
  return outcome_from(log_->add(name, load_file(log_->loader(), file)));
}

val JsRangeLog::file() const { return written(log_->file(), "mace_log", {}); }

std::string JsRangeLog::skipped() const { return dump_json(to_json(log_->skipped())); }

// --- session
// ---------------------------------------------------------------------------------------

JsSession::JsSession(Session session) : session_(std::move(session)) { session_.use_threads(pool); }

JsSession::JsSession(Session::Quantized made, const Session& from, const Calibration& calibration)
    : JsSession(std::move(made.session)) {
  findings_ = std::move(made.findings);
  warnings_ = std::move(made.warnings);
  trials_ = std::move(made.trials);
  corrections_ = std::move(made.corrections);
  fallback_ = std::move(made.fallback);
  bytes_before_ = from.model().bytes;
  samples_ = calibration.samples;
  skipped_ = calibration.skipped;
  nodes_ = std::move(made.nodes);
}

val JsSession::inspect_json() const {
  const Result<Inspection> found = inspect(session_.model());
  return found.ok() ? outcome_of(dump_json(to_json(*found))) : outcome(found.status());
}

val JsSession::inspect_text() const {
  const Result<Inspection> found = inspect(session_.model());
  return found.ok() ? outcome_of(to_text(*found)) : outcome(found.status());
}

val JsSession::describe_recipe(const std::string& recipe) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  if (!session_.wants_samples(*read)) return outcome_of(describe(*read));
  const Result<SampleLoader> loader = SampleLoader::make(session_.graph(), *read);
  if (!loader.ok()) return outcome(loader.status());
  return outcome_of(describe(*read, loader->preprocess()));
}

val JsSession::warnings(const std::string& recipe) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const auto found = validate(read->recipe, session_.graph());
  return found.ok() ? outcome_of(dump_json(OrderedJson(*found))) : outcome(found.status());
}

val JsSession::preview(const std::string& recipe, const val& picture) const {
  const Result<SampleLoader> loader = loader_of(session_, recipe);
  if (!loader.ok()) return outcome(loader.status());
  const Result<Image> image = prepare_image(bytes_from(picture), loader->preprocess());
  return image.ok() ? outcome_of(to_image(*image)) : outcome(image.status());
}

val JsSession::inputs_of(const std::string& recipe, const val& file) const {
  const Result<SampleLoader> loader = loader_of(session_, recipe);
  if (!loader.ok()) return outcome(loader.status());
  const Result<std::vector<Tensor>> inputs = load_file(*loader, file);
  return inputs.ok() ? outcome_of(to_tensors(*inputs)) : outcome(inputs.status());
}

val JsSession::samples_among(val files) const {
  return val::array(octavo::samples_among(vecFromJSArray<std::string>(files), session_.graph()));
}

val JsSession::calibrate(const std::string& recipe) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  return handle_from<JsCalibration>(CalibrationStream::make(session_, *read));
}

val JsSession::tuning(const JsCalibration& calibration) const {
  Result<Calibration> finished = calibration.stream().finish();
  if (!finished.ok()) return outcome(finished.status());
  return handle_from<JsTuning>(
      TuningStream::make(session_, *std::move(finished), calibration.stream().recipe()));
}

val JsSession::sensitivity(const JsCalibration& calibration) const {
  const Result<Calibration> finished = calibration.stream().finish();
  if (!finished.ok()) return outcome(finished.status());
  return handle_from<JsSensitivity>(
      SensitivityStream::make(session_, *finished, calibration.stream().recipe()));
}

val JsSession::wants_samples(const std::string& recipe) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  return read.ok() ? outcome_of(session_.wants_samples(*read)) : outcome(read.status());
}

val JsSession::quantize_uncalibrated(const std::string& recipe, const std::string& ranges) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const auto valid = validate(read->recipe, session_.graph());
  if (!valid.ok()) return outcome(valid.status());
  const bool is_static = read->recipe.scheme == Scheme::kStatic;
  if (!is_static && !ranges.empty()) {
    return outcome(Status(ErrorCode::kInvalidArgument,
                          "ranges are of use to the static scheme only: leave them out"));
  }
  if (is_static && (!ranges.empty() || !read->recipe.input_ranges.empty() || read->data_free)) {
    const Result<GivenRanges> given =
        octavo::given_ranges(session_.graph(), *read, ranges, session_.normalized());
    if (!given.ok()) return outcome(given.status());
    return quantize(given->calibration, given->recipe);
  }
  if (session_.wants_samples(*read)) {
    return outcome(Status(ErrorCode::kInvalidArgument,
                          "the static scheme finds ranges on samples: calibrate first, give a file "
                          "of ranges, or choose data_free or the scheme dynamic"));
  }
  return quantize(Calibration{}, *read);
}

val JsSession::given_ranges(const std::string& recipe, const std::string& ranges) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const Result<GivenRanges> given =
      octavo::given_ranges(session_.graph(), *read, ranges, session_.normalized());
  if (!given.ok()) return outcome(given.status());
  return outcome_of(dump_json({{"recipe", recipe_to_json(given->recipe)},
                               {"source", given->source},
                               {"plan", describe(given->recipe)},
                               {"warnings", given->warnings}}));
}

val JsSession::range_file(const JsCalibration& calibration, const std::string& format) const {
  const Result<Calibration> finished = calibration.stream().finish();
  if (!finished.ok()) return outcome(finished.status());
  return written(
      range_file_of(session_.graph(), finished->ranges, calibration.stream().recipe().recipe),
      format, {});
}

val JsSession::range_file_without_samples(const std::string& recipe,
                                          const std::string& format) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const Result<RangeFile> file =
      octavo::range_file_without_samples(session_.graph(), *read, session_.normalized());
  return written(file, format, file.ok() ? file->warnings : std::vector<std::string>());
}

val JsSession::convert_ranges(const std::string& recipe, const std::string& ranges,
                              const std::string& format, double percentile, bool enhance) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  const Result<RangeFile> file = read_ranges(ranges, {percentile, enhance});
  if (!file.ok()) return outcome(file.status());
  const Result<MatchedRanges> matched = match_ranges(*file, session_.graph());
  if (!matched.ok()) return outcome(matched.status());
  return written(range_file_of(session_.graph(), matched->ranges, read->recipe), format,
                 matched->warnings);
}

val JsSession::range_log(const std::string& recipe) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  return handle_from<JsRangeLog>(RangeLog::make(session_, *read));
}

val JsSession::quantize(const Calibration& calibration, const RecipeFile& recipe) const {
  Result<Session::Quantized> result = session_.quantize(calibration, recipe);
  if (!result.ok()) return outcome(result.status());
  return outcome_of(JsSession(*std::move(result), session_, calibration));
}

val JsSession::compare(const JsSession& quantized, const std::string& recipe, int samples) const {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  return handle_from<JsComparison>(
      ComparisonStream::make(session_, quantized.session_, *read, samples));
}

val JsSession::check(const std::string& recipe) {
  const Result<RecipeFile> read = recipe_from_json(recipe, default_recipe());
  if (!read.ok()) return outcome(read.status());
  return handle_from<JsCheck>(PreprocessCheck::make(session_, *read));
}

val JsSession::run(val inputs) {
  const Result<std::vector<Tensor>> tensors = tensors_from(inputs);
  if (!tensors.ok()) return outcome(tensors.status());
  const Result<std::vector<Tensor>> outputs = session_.run(*tensors);
  if (!outputs.ok()) return outcome(outputs.status());
  return outcome_of(to_tensors(*outputs));
}

val JsSession::profile(val inputs, int runs) {
  const Result<Profile> found = profile_of(session_, inputs, runs);
  return found.ok() ? outcome_of(dump_json(to_json(*found))) : outcome(found.status());
}

val JsSession::profile_text(val inputs, int runs) {
  const Result<Profile> found = profile_of(session_, inputs, runs);
  return found.ok() ? outcome_of(to_text(*found)) : outcome(found.status());
}

val JsSession::lint_json() const {
  const Result<std::vector<Finding>> found = session_.lint();
  return found.ok() ? outcome_of(dump_json(to_json(*found))) : outcome(found.status());
}

val JsSession::lint_text() const {
  const Result<std::vector<Finding>> found = session_.lint();
  return found.ok() ? outcome_of(to_text(*found)) : outcome(found.status());
}

val JsSession::output_names() const {
  val names = val::array();
  for (const ValueId id : session_.graph().outputs) {
    names.call<void>("push", session_.graph().value(id).name);
  }
  return names;
}

val JsSession::save(const std::string& format, val sink) const {
  return outcome(session_.save(format, [&sink](std::span<const std::byte> piece) -> Status {
    const auto* data = reinterpret_cast<const uint8_t*>(piece.data());
    sink(val(emscripten::typed_memory_view(piece.size(), data)));
    return {};
  }));
}

QuantizeReport JsSession::report_of(const std::string& output, double bytes, double seconds) const {
  return {output,   bytes_before_, static_cast<uint64_t>(bytes),
          samples_, skipped_,      nodes_,
          seconds,  findings_,     warnings_,
          trials_,  corrections_,  fallback_};
}

std::string JsSession::quantize_report(const std::string& output, double bytes,
                                       double seconds) const {
  return dump_json(to_json(report_of(output, bytes, seconds)));
}

std::string JsSession::quantize_report_text(const std::string& output, double bytes,
                                            double seconds) const {
  return to_text(report_of(output, bytes, seconds));
}

}  // namespace octavo
