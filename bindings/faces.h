// The classes behind octavo.d.ts: strings and JavaScript values in, engine calls, outcomes out.
#pragma once

#include "engine/preprocess_check.h"
#include "engine/ranges/range_log.h"
#include "engine/report_json.h"
#include "engine/sensitivity_json.h"
#include "engine/streams.h"
#include "marshal.h"

namespace octavo {

using emscripten::val;

void use_threads(int threads);
int threads();
val open_session(val source, val sibling);
std::string recipe_keys_json();
val normalize_recipe(const std::string& recipe);
val overlay_recipe(const std::string& base, const std::string& recipe);
val read_mnn_config_file(const std::string& text);
val check_range_format(const std::string& name);
val set_flag(const std::string& recipe, const std::string& key, const std::string& text);
val check_head(const val& head);
val check_thresholds(const std::string& text);
// The page of engine/report_html.h.
val html_of_report(const std::string& report, const std::string& title);
val labels_by_lines(const std::string& text, val names);
val labels_by_folders(val names);
val read_npy_file(const val& file);
val write_npy_file(val tensor);

class JsCalibration {
 public:
  explicit JsCalibration(CalibrationStream stream)
      : stream_(std::make_shared<CalibrationStream>(std::move(stream))) {}
  val add_file(const std::string& name, const val& file);
  val add_image(const std::string& name, val image);
  val take();
  val merge(const val& later);
  double samples() const { return static_cast<double>(stream_->samples()); }
  int count() const;
  std::string skipped() const;
  const CalibrationStream& stream() const { return *stream_; }

 private:
  std::shared_ptr<CalibrationStream> stream_;  // shared, because Embind copies what it hands out
};

class JsTuning {
 public:
  explicit JsTuning(TuningStream stream)
      : stream_(std::make_shared<TuningStream>(std::move(stream))) {}
  int samples() const { return static_cast<int>(stream_->samples()); }
  val add_file(const std::string& name, const val& file, int label);
  val add_image(const std::string& name, val image, int label);
  val restore(const std::string& state);
  std::string state() const;
  val step();
  std::string phase() const { return stream_->quantizer().phase(); }
  std::string name() const { return stream_->quantizer().name(); }
  int done() const { return static_cast<int>(stream_->quantizer().done()); }
  int steps() const { return static_cast<int>(stream_->quantizer().steps()); }
  val finish();

 private:
  std::shared_ptr<TuningStream> stream_;  // shared, because Embind copies what it hands out
};

class JsSensitivity {
 public:
  explicit JsSensitivity(SensitivityStream stream)
      : stream_(std::make_shared<SensitivityStream>(std::move(stream))) {}
  int samples() const { return static_cast<int>(stream_->samples()); }
  val add_file(const std::string& name, const val& file);
  val add_image(const std::string& name, val image);
  val step();
  std::string phase() const { return "measure"; }
  int done() const { return static_cast<int>(stream_->done()); }
  int steps() const { return static_cast<int>(stream_->steps()); }
  std::string report() const { return dump_json(to_json(stream_->found())); }
  std::string report_text() const { return to_text(stream_->found()); }

 private:
  std::shared_ptr<SensitivityStream> stream_;  // shared, because Embind copies what it hands out
};

class JsRangeLog {
 public:
  explicit JsRangeLog(RangeLog log) : log_(std::make_shared<RangeLog>(std::move(log))) {}
  val add_file(const std::string& name, const val& file);
  val file() const;
  std::string skipped() const;

 private:
  std::shared_ptr<RangeLog> log_;  // shared, because Embind copies what it hands out
};

class JsCheck {
 public:
  explicit JsCheck(PreprocessCheck check)
      : check_(std::make_shared<PreprocessCheck>(std::move(check))) {}
  val add_file(const std::string& name, const val& file, int label);
  val add_image(const std::string& name, val image, int label);
  val report() const;
  val report_text() const;

 private:
  std::shared_ptr<PreprocessCheck> check_;  // shared, because Embind copies what it hands out
};

class JsComparison {
 public:
  explicit JsComparison(ComparisonStream stream)
      : stream_(std::make_shared<ComparisonStream>(std::move(stream))) {}
  val add_file(int index, const std::string& name, const val& file, int label);
  val add_image(int index, const std::string& name, val image, int label);
  val time_file(const std::string& name, const val& file);
  val time_image(const std::string& name, val image);
  val take();
  val merge(const val& other);
  val report() const;
  val report_text(int width, bool color) const;
  val missed(const std::string& thresholds) const;

 private:
  std::shared_ptr<ComparisonStream> stream_;  // shared, because Embind copies what it hands out
};

class JsSession {
 public:
  explicit JsSession(Session session);
  // What quantize() made of `from`.
  JsSession(Session::Quantized made, const Session& from, const Calibration& calibration);
  val inspect_json() const;
  val inspect_text() const;
  val describe_recipe(const std::string& recipe) const;
  val warnings(const std::string& recipe) const;
  val preview(const std::string& recipe, const val& picture) const;
  val inputs_of(const std::string& recipe, const val& file) const;
  val samples_among(val files) const;
  val calibrate(const std::string& recipe) const;
  val tuning(const JsCalibration& calibration) const;
  val sensitivity(const JsCalibration& calibration) const;
  val wants_samples(const std::string& recipe) const;
  val quantize_uncalibrated(const std::string& recipe, const std::string& ranges) const;
  val given_ranges(const std::string& recipe, const std::string& ranges) const;
  val range_file(const JsCalibration& calibration, const std::string& format) const;
  val range_file_without_samples(const std::string& recipe, const std::string& format) const;
  val convert_ranges(const std::string& recipe, const std::string& ranges,
                     const std::string& format, double percentile, bool enhance) const;
  val range_log(const std::string& recipe) const;
  val compare(const JsSession& quantized, const std::string& recipe, int samples) const;
  val check(const std::string& recipe);
  val run(val inputs);
  val profile(val inputs, int runs);
  val profile_text(val inputs, int runs);
  val output_names() const;
  val lint_json() const;
  val lint_text() const;
  val save(const std::string& format, val sink) const;
  std::string quantize_report(const std::string& output, double bytes, double seconds) const;
  std::string quantize_report_text(const std::string& output, double bytes, double seconds) const;

 private:
  val quantize(const Calibration& calibration, const RecipeFile& recipe) const;
  QuantizeReport report_of(const std::string& output, double bytes, double seconds) const;

  Session session_;
  // Of a session that quantize() made.
  uint64_t bytes_before_ = 0;
  int64_t samples_ = 0;
  std::vector<SkippedSample> skipped_;
  std::vector<NodeSummary> nodes_;
  std::vector<Finding> findings_;
  std::vector<std::string> warnings_;
  std::vector<Trial> trials_;
  std::vector<CorrectedLayer> corrections_;
  std::optional<FallbackReport> fallback_;
};

}  // namespace octavo
