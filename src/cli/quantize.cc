#include <chrono>
#include <filesystem>

#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/fallback_json.h"
#include "engine/ranges/given_ranges.h"
#include "engine/report_json.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string output;
  std::string images;
  std::string labels;
  std::string state;
  std::string ranges;
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
  return write_text(o.write_recipe, o.force, recipe_to_json(recipe) + "\n");
}

// The samples of the calibration, for what looks at them again.
struct Seen {
  std::optional<SampleLoader> loader;
  Samples samples;
};

int threads_of(const Options& o) { return o.threads > 0 ? o.threads : hardware_threads(); }

// Says what it is going to do, and does it.
Result<Calibration> calibrated(const Options& o, const RecipeFile& recipe, Session& session,
                               Seen& seen) {
  if (o.images.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  "the static scheme finds ranges on samples: give --images a folder of them, "
                  "--ranges a file, --data-free, or use --scheme dynamic");
  }
  OCTAVO_ASSIGN_OR_RETURN(seen.loader, SampleLoader::make(session.graph(), recipe));
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples found, find_samples(o.images, session));
  note(skipped_lines(found.skipped));
  seen.samples = samples_of(picked(found.files, recipe), *seen.loader);
  const int threads = threads_of(o);
  if (!o.quiet) {
    note(title(o) + "  samples      " + std::to_string(seen.samples.files.size()) + " of " +
         std::to_string(found.files.size()) + " in " + o.images + ", " + std::to_string(threads) +
         (threads == 1 ? " thread\n" : " threads\n") + describe(recipe, seen.loader->preprocess()));
  }
  OCTAVO_RETURN_IF_ERROR(write_recipe(o, recipe));
  OCTAVO_ASSIGN_OR_RETURN(
      Calibration calibration,
      session.calibrate(seen.samples.source, recipe, threads, terminal_progress(o.quiet)));
  note(skipped_lines(calibration.skipped));
  return calibration;
}

// Ranges of a file, of BatchNormalization, or by hand alone. `recipe` gets what a table leaves in
// float.
Result<Calibration> given(const Options& o, RecipeFile& recipe, const Session& session) {
  if (!o.images.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  "ranges come from --images, or from --ranges or --data-free: give one");
  }
  std::string text;
  if (!o.ranges.empty()) {
    OCTAVO_ASSIGN_OR_RETURN(text, read_text(o.ranges));
  }
  Result<GivenRanges> given = given_ranges(session.graph(), recipe, text, session.normalized());
  if (!given.ok()) return given.status().at(o.ranges);
  recipe = std::move(given->recipe);
  if (!o.quiet) {
    const std::string source = !o.ranges.empty()  ? o.ranges + " (" + given->source + ")"
                               : recipe.data_free ? "of BatchNormalization"
                                                  : "by hand";
    note(title(o) + "  ranges       " + source + "\n" + describe(recipe));
  }
  for (const std::string& warning : given->warnings) note("  warning      " + warning + "\n");
  OCTAVO_RETURN_IF_ERROR(write_recipe(o, recipe));
  return std::move(given->calibration);
}

// All schemes but the static one look at no samples, and that one needs none where training left
// ranges in the model.
Result<Calibration> uncalibrated(const Options& o, const RecipeFile& recipe) {
  if (!o.images.empty() || !o.ranges.empty()) {
    return Status(ErrorCode::kInvalidArgument,
                  std::string("the ") + name_of(recipe.recipe.scheme) +
                      " scheme looks at no samples: leave --images and --ranges out, or use "
                      "--scheme static");
  }
  if (!o.quiet) note(title(o) + describe(recipe));
  OCTAVO_RETURN_IF_ERROR(write_recipe(o, recipe));
  return Calibration{};
}

Result<Calibration> ranges_for(const Options& o, RecipeFile& recipe, Session& session, Seen& seen) {
  if (recipe.recipe.scheme != Scheme::kStatic) return uncalibrated(o, recipe);
  const bool by_hand = o.images.empty() && !recipe.recipe.input_ranges.empty();
  if (by_hand || recipe.data_free || !o.ranges.empty()) return given(o, recipe, session);
  if (o.images.empty() && !session.wants_samples(recipe)) return uncalibrated(o, recipe);
  return calibrated(o, recipe, session, seen);
}

// Labels, and the memory of a search for layers to leave in float.
Result<Judging> judging_of(const Options& o, const RecipeFile& recipe, const Seen& seen) {
  Judging judging;
  if (!recipe.recipe.goal.is_set()) {
    if (o.labels.empty() && o.state.empty()) return judging;
    return Status(ErrorCode::kInvalidArgument,
                  "--labels and --state are of use with --max-drop or --min-agreement");
  }
  OCTAVO_ASSIGN_OR_RETURN(judging.labels, labels_of(o.labels, o.images, seen.samples.files));
  if (o.state.empty()) return judging;
  if (std::filesystem::exists(o.state)) {
    OCTAVO_ASSIGN_OR_RETURN(const std::string text, read_text(o.state));
    Result<FallbackState> state = state_from_json(text);
    if (!state.ok()) return state.status().at(o.state);
    judging.state = *std::move(state);
  }
  judging.keep = [path = o.state, known = size_t{0}](const FallbackState& state) mutable -> Status {
    if (state.trials.size() == known) return {};
    known = state.trials.size();
    return write_text(path, true, state_to_json(state) + "\n");
  };
  return judging;
}

Result<ExitCode> run(Options& o) {
  OCTAVO_RETURN_IF_ERROR(check_writable(o.output, o.force));
  OCTAVO_ASSIGN_OR_RETURN(RecipeFile recipe,
                          o.recipe.resolve(o.ranges.empty() ? &o.images : nullptr));
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  for (const std::string& warning : session.model().warnings)
    note("  warning      " + warning + "\n");
  OCTAVO_ASSIGN_OR_RETURN(const auto warnings, validate(recipe.recipe, session.graph()));
  for (const std::string& warning : warnings) note("  warning      " + warning + "\n");

  const auto start = std::chrono::steady_clock::now();
  Seen seen;
  OCTAVO_ASSIGN_OR_RETURN(const Calibration calibration, ranges_for(o, recipe, session, seen));
  OCTAVO_ASSIGN_OR_RETURN(const Judging judging, judging_of(o, recipe, seen));
  OCTAVO_ASSIGN_OR_RETURN(const Session::Quantized result,
                          session.quantize(calibration, recipe, seen.samples.source, threads_of(o),
                                           terminal_progress(o.quiet), judging));
  if (result.fallback && !result.fallback->met) {
    note("octavo: " + result.fallback->shortfall + "\n");
    return kExitThreshold;
  }
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
                        result.findings,
                        result.warnings,
                        result.trials,
                        result.corrections,
                        result.fallback};
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
                 "folder of pictures (or .npy arrays, or a folder of them for each sample) to "
                 "calibrate on; for the static scheme");
  app.add_option("--labels", o->labels, std::string("for --max-drop: ") + kLabelsHelp)
      ->type_name("FILE");
  app.add_option(
         "--state", o->state,
         "file in which a search for layers to leave in float keeps what it knows, and from "
         "which it goes on")
      ->type_name("FILE");
  app.add_option("--ranges", o->ranges,
                 "file of ranges in place of images: MACE's, an ncnn table, ONNX Runtime's")
      ->type_name("FILE");
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
