#include <unistd.h>

#include <filesystem>

#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/equalization.h"
#include "engine/report_html.h"
#include "engine/report_json.h"
#include "engine/threshold.h"
#include "quant/report.h"

namespace octavo {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string float_model;
  std::string quantized;
  std::string images;
  std::string labels;
  std::string fail_below;
  std::string html;
  RecipeFlags recipe;
  int threads = 0;
  bool json = false;
  bool force = false;
  bool quiet = false;
};

Result<ComparedModel> compared(Session& session, std::span<const Shape> shapes,
                               Equalization equalization = {}) {
  OCTAVO_ASSIGN_OR_RETURN(auto plan, session.plan_for(shapes));
  return ComparedModel{std::move(plan), session.model().bytes, &session.graph(),
                       std::move(equalization.factors), std::move(equalization.warnings)};
}

Status write_html(const Options& o, const CompareReport& report) {
  if (o.html.empty()) return {};
  const std::string title = fs::path(o.float_model).filename().string() + " → " +
                            fs::path(o.quantized).filename().string();
  OCTAVO_ASSIGN_OR_RETURN(const std::string page,
                          report_html(dump_json(to_json(report), -1), title));
  return write_atomically(o.html, o.force,
                          [&](const Sink& sink) { return sink(std::as_bytes(std::span(page))); });
}

Result<ExitCode> run(const Options& o) {
  if (!o.html.empty()) OCTAVO_RETURN_IF_ERROR(check_writable(o.html, o.force));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Threshold> thresholds, parse_thresholds(o.fail_below));
  OCTAVO_ASSIGN_OR_RETURN(const RecipeFile recipe, o.recipe.resolve());
  OCTAVO_ASSIGN_OR_RETURN(Session float_session, open_model(o.float_model));
  OCTAVO_ASSIGN_OR_RETURN(Session quantized_session, open_model(o.quantized));
  OCTAVO_ASSIGN_OR_RETURN(const SampleLoader loader,
                          SampleLoader::make(float_session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples found, find_samples(o.images, float_session));
  note(skipped_lines(found.skipped));
  const Samples samples = samples_of(picked(found.files, recipe), loader);

  CompareOptions options;
  options.threads = o.threads > 0 ? o.threads : hardware_threads();
  OCTAVO_ASSIGN_OR_RETURN(options.labels, labels_of(o.labels, o.images, samples.files));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Shape> shapes, sample_shapes(samples.source));
  OCTAVO_ASSIGN_OR_RETURN(const ComparedModel float_model, compared(float_session, shapes));
  OCTAVO_ASSIGN_OR_RETURN(
      const ComparedModel quantized,
      compared(quantized_session, shapes,
               equalization_of(quantized_session.model(), float_session.graph())));
  OCTAVO_ASSIGN_OR_RETURN(
      const CompareReport report,
      compare(float_model, quantized, samples.source, options, terminal_progress(o.quiet)));

  note(skipped_lines(report.skipped));
  OCTAVO_RETURN_IF_ERROR(write_html(o, report));
  if (o.json) {
    print(dump_json(to_json(report)) + "\n");
  } else {
    print(report_text(report, {.width = terminal_width(), .color = wants_color(STDOUT_FILENO)}));
  }
  const std::string missed = missed_thresholds(report, thresholds);
  if (!missed.empty()) note(missed);
  return missed.empty() ? kExitOk : kExitThreshold;
}

}  // namespace

RunCommand add_compare(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("FLOAT", o->float_model, "the float model")->required();
  app.add_option("QUANTIZED", o->quantized, "its int8 model")->required();
  app.add_option("--images", o->images,
                 "folder of pictures (or .npy arrays, or a folder of them for each sample) to run")
      ->required();
  app.add_option("--labels", o->labels, kLabelsHelp)->type_name("FILE");
  app.add_option("--fail-below", o->fail_below,
                 "exit with 5 where a figure is lower: top1=0.7,agreement=0.9,sqnr=20")
      ->type_name("NAME=X,...");
  o->recipe.add_to(app);
  app.add_option("--threads", o->threads, "threads; all cores unless given")
      ->check(CLI::Range(1, 1024));
  app.add_option("--html", o->html, "write the report as one HTML file that needs no network")
      ->type_name("FILE");
  app.add_flag("--json", o->json, "one JSON object on stdout");
  app.add_flag("-f,--force", o->force, "replace a file that exists");
  app.add_flag("-q,--quiet", o->quiet, "no progress");
  return [o] { return run(*o); };
}

}  // namespace octavo
