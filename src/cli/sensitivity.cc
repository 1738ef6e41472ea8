#include <filesystem>

#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/report_html.h"
#include "engine/report_json.h"
#include "engine/sensitivity_json.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string images;
  RecipeFlags recipe;
  int threads = 0;
  std::string html;
  bool json = false;
  bool force = false;
  bool quiet = false;
};

Status write_html(const Options& o, const Sensitivity& sensitivity) {
  if (o.html.empty()) return {};
  const std::string report = dump_json({{"sensitivity", to_json(sensitivity)}}, -1);
  OCTAVO_ASSIGN_OR_RETURN(const std::string page,
                          report_html(report, std::filesystem::path(o.model).filename().string()));
  return write_text(o.html, o.force, page);
}

Result<ExitCode> run(Options& o) {
  if (!o.html.empty()) OCTAVO_RETURN_IF_ERROR(check_writable(o.html, o.force));
  OCTAVO_ASSIGN_OR_RETURN(const RecipeFile recipe, o.recipe.resolve(&o.images));
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  OCTAVO_ASSIGN_OR_RETURN(const SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples found, find_samples(o.images, session));
  note(skipped_lines(found.skipped));
  const Samples samples = samples_of(picked(found.files, recipe), loader);
  const int threads = o.threads > 0 ? o.threads : hardware_threads();
  const Progress progress = terminal_progress(o.quiet);
  OCTAVO_ASSIGN_OR_RETURN(const Calibration calibration,
                          session.calibrate(samples.source, recipe, threads, progress));
  note(skipped_lines(calibration.skipped));
  OCTAVO_ASSIGN_OR_RETURN(
      const Sensitivity sensitivity,
      session.sensitivity(calibration, recipe, samples.source, threads, progress));
  OCTAVO_RETURN_IF_ERROR(write_html(o, sensitivity));
  print(o.json ? dump_json(to_json(sensitivity)) + "\n" : to_text(sensitivity));
  return kExitOk;
}

}  // namespace

RunCommand add_sensitivity(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "the float model")->required();
  app.add_option(
         "--images", o->images,
         "folder of pictures (or .npy arrays, or a folder of them for each sample) to calibrate on")
      ->required();
  o->recipe.add_to(app);
  app.add_option("--html", o->html, "write the report as one HTML file that needs no network")
      ->type_name("FILE");
  app.add_flag("-f,--force", o->force, "replace a file that exists");
  add_report_flags(app, o->threads, o->json, o->quiet);
  return [o] { return run(*o); };
}

}  // namespace octavo
