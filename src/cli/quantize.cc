#include <chrono>
#include <filesystem>

#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/report_json.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string output;
  std::string images;
  std::string write_recipe;
  RecipeFlags recipe;
  int threads = 0;
  bool json = false;
  bool force = false;
  bool quiet = false;
};

std::string title(const Options& o) {
  return "octavo quantize " + o.model + " -> " + o.output + "\n";
}

Status write_recipe(const Options& o, const RecipeFile& recipe) {
  if (o.write_recipe.empty()) return {};
  const std::string text = recipe_to_json(recipe) + "\n";
  return write_atomically(o.write_recipe, o.force,
                          [&](const Sink& sink) { return sink(std::as_bytes(std::span(text))); });
}

// Says what it is going to do, and does it.
Result<Calibration> calibrated(const Options& o, const RecipeFile& recipe, Session& session) {
  if (o.images.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  "the static scheme finds ranges on samples: give --images a folder of them, or "
                  "use --scheme dynamic");
  }
  OCTAVO_ASSIGN_OR_RETURN(const SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples found, find_samples(o.images));
  note(skipped_lines(found.skipped));
  const Samples samples = samples_of(spread_evenly(found.files, recipe.limit), loader);
  const int threads = o.threads > 0 ? o.threads : hardware_threads();
  if (!o.quiet) {
    note(title(o) + "  samples      " + std::to_string(samples.files.size()) + " of " +
         std::to_string(found.files.size()) + " in " + o.images + ", " + std::to_string(threads) +
         (threads == 1 ? " thread\n" : " threads\n") + describe(recipe, loader.preprocess()));
  }
  OCTAVO_RETURN_IF_ERROR(write_recipe(o, recipe));
  OCTAVO_ASSIGN_OR_RETURN(
      Calibration calibration,
      session.calibrate(samples.source, recipe, threads, terminal_progress(o.quiet)));
  note(skipped_lines(calibration.skipped));
  return calibration;
}

// The dynamic scheme looks at no samples.
Result<Calibration> uncalibrated(const Options& o, const RecipeFile& recipe) {
  if (!o.images.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  "the dynamic scheme looks at no samples: leave --images out, or use --scheme "
                  "static");
  }
  if (!o.quiet) note(title(o) + describe(recipe));
  OCTAVO_RETURN_IF_ERROR(write_recipe(o, recipe));
  return Calibration{};
}

Result<ExitCode> run(const Options& o) {
  OCTAVO_RETURN_IF_ERROR(check_writable(o.output, o.force));
  OCTAVO_ASSIGN_OR_RETURN(RecipeFile recipe, o.recipe.resolve());
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  for (const std::string& warning : session.model().warnings)
    note("  warning      " + warning + "\n");
  OCTAVO_ASSIGN_OR_RETURN(const auto warnings, validate(recipe.recipe, session.graph()));
  for (const std::string& warning : warnings) note("  warning      " + warning + "\n");

  const auto start = std::chrono::steady_clock::now();
  OCTAVO_ASSIGN_OR_RETURN(const Calibration calibration, recipe.recipe.scheme == Scheme::kDynamic
                                                             ? uncalibrated(o, recipe)
                                                             : calibrated(o, recipe, session));
  OCTAVO_ASSIGN_OR_RETURN(const Session::Quantized result, session.quantize(calibration, recipe));
  OCTAVO_RETURN_IF_ERROR(write_atomically(
      o.output, o.force, [&](const Sink& sink) { return result.session.save("onnx", sink); }));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;

  QuantizeReport report{o.output,
                        session.model().bytes,
                        std::filesystem::file_size(o.output),
                        calibration.samples,
                        calibration.skipped,
                        result.nodes,
                        seconds.count(),
                        result.findings};
  if (o.json) {
    print(dump_json(to_json(report)) + "\n");
  } else {
    print(to_text(report));
  }
  return kExitOk;
}

}  // namespace

RunCommand add_quantize(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "float model (.onnx)")->required();
  app.add_option("-o,--output", o->output, "where the int8 model goes")->required();
  app.add_option("--images", o->images,
                 "folder of pictures (or .npy arrays) to calibrate on; not for --scheme dynamic");
  o->recipe.add_to(app);
  app.add_option("--write-recipe", o->write_recipe, "write the recipe as it was used")
      ->type_name("FILE");
  app.add_option("--threads", o->threads, "threads to calibrate with; all cores unless given")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--json", o->json, "one JSON object on stdout");
  app.add_flag("-f,--force", o->force, "replace files that exist");
  app.add_flag("-q,--quiet", o->quiet, "no plan, no progress");
  return [o] { return run(*o); };
}

}  // namespace octavo
