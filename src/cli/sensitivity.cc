#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/report_json.h"
#include "engine/sensitivity_json.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string images;
  RecipeFlags recipe;
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

Result<ExitCode> run(Options& o) {
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
  add_report_flags(app, o->threads, o->json, o->quiet);
  return [o] { return run(*o); };
}

}  // namespace octavo
