// What JavaScript sees of the engine. A line names or forwards; octavo.d.ts is the manual.
#include <emscripten/bind.h>

#include "engine/choices.h"
#include "engine/version.h"
#include "faces.h"

using namespace emscripten;
using namespace octavo;

EMSCRIPTEN_BINDINGS(octavo) {
  function("version", +[] { return std::string(kVersion); });
  function("isa", +[] { return std::string(kernel_isa()); });
  function("useThreads", &use_threads);
  function("threads", &threads);
  function("open", &open_session);
  function("recipeKeys", &recipe_keys_json);
  function("choices", &choices_json);
  function("normalizeRecipe", &normalize_recipe);
  function("overlayRecipe", &overlay_recipe);
  function("setFlag", &set_flag);
  function("readMnnConfig", &read_mnn_config_file);
  function("checkRangeFormat", &check_range_format);
  function("checkSampleHead", &check_head);
  function("checkThresholds", &check_thresholds);
  function("reportHtml", &html_of_report);
  function("labelsFromLines", &labels_by_lines);
  function("labelsFromFolders", &labels_by_folders);
  function("readNpy", &read_npy_file);
  function("writeNpy", &write_npy_file);

  class_<JsSession>("Session")
      .function("inspect", &JsSession::inspect_json)
      .function("inspectText", &JsSession::inspect_text)
      .function("describe", &JsSession::describe_recipe)
      .function("warnings", &JsSession::warnings)
      .function("preview", &JsSession::preview)
      .function("inputsOf", &JsSession::inputs_of)
      .function("samplesAmong", &JsSession::samples_among)
      .function("calibrate", &JsSession::calibrate)
      .function("tuning", &JsSession::tuning)
      .function("sensitivity", &JsSession::sensitivity)
      .function("wantsSamples", &JsSession::wants_samples)
      .function("quantizeUncalibrated", &JsSession::quantize_uncalibrated)
      .function("givenRanges", &JsSession::given_ranges)
      .function("rangeFile", &JsSession::range_file)
      .function("rangeFileWithoutSamples", &JsSession::range_file_without_samples)
      .function("convertRanges", &JsSession::convert_ranges)
      .function("rangeLog", &JsSession::range_log)
      .function("compare", &JsSession::compare)
      .function("check", &JsSession::check)
      .function("run", &JsSession::run)
      .function("outputNames", &JsSession::output_names)
      .function("profile", &JsSession::profile)
      .function("profileText", &JsSession::profile_text)
      .function("lint", &JsSession::lint_json)
      .function("lintText", &JsSession::lint_text)
      .function("save", &JsSession::save)
      .function("quantizeReport", &JsSession::quantize_report)
      .function("quantizeReportText", &JsSession::quantize_report_text);

  class_<JsCalibration>("Calibration")
      .function("count", &JsCalibration::count)
      .function("addFile", &JsCalibration::add_file)
      .function("addImage", &JsCalibration::add_image)
      .function("take", &JsCalibration::take)
      .function("merge", &JsCalibration::merge)
      .function("samples", &JsCalibration::samples)
      .function("skipped", &JsCalibration::skipped);

  class_<JsTuning>("Tuning")
      .function("samples", &JsTuning::samples)
      .function("addFile", &JsTuning::add_file)
      .function("addImage", &JsTuning::add_image)
      .function("restore", &JsTuning::restore)
      .function("state", &JsTuning::state)
      .function("step", &JsTuning::step)
      .function("phase", &JsTuning::phase)
      .function("name", &JsTuning::name)
      .function("done", &JsTuning::done)
      .function("steps", &JsTuning::steps)
      .function("finish", &JsTuning::finish);
  class_<JsSensitivity>("Sensitivity")
      .function("samples", &JsSensitivity::samples)
      .function("addFile", &JsSensitivity::add_file)
      .function("addImage", &JsSensitivity::add_image)
      .function("step", &JsSensitivity::step)
      .function("phase", &JsSensitivity::phase)
      .function("done", &JsSensitivity::done)
      .function("steps", &JsSensitivity::steps)
      .function("report", &JsSensitivity::report)
      .function("reportText", &JsSensitivity::report_text);
  class_<JsRangeLog>("RangeLog")
      .function("addFile", &JsRangeLog::add_file)
      .function("file", &JsRangeLog::file)
      .function("skipped", &JsRangeLog::skipped);
  class_<JsCheck>("Check")
      .function("addFile", &JsCheck::add_file)
      .function("addImage", &JsCheck::add_image)
      .function("report", &JsCheck::report)
      .function("reportText", &JsCheck::report_text);

  class_<JsComparison>("Comparison")
      .function("addFile", &JsComparison::add_file)
      .function("addImage", &JsComparison::add_image)
      .function("timeFile", &JsComparison::time_file)
      .function("timeImage", &JsComparison::time_image)
      .function("take", &JsComparison::take)
      .function("merge", &JsComparison::merge)
      .function("report", &JsComparison::report)
      .function("reportText", &JsComparison::report_text)
      .function("missed", &JsComparison::missed);
}
