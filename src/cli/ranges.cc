#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/ranges/given_ranges.h"
#include "engine/ranges/match_ranges.h"
#include "engine/ranges/range_log.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string output;
  std::string images;
  std::string ranges;
  std::string format = "mace";
  RecipeFlags recipe;
  int threads = 0;
  bool enhance = false;
  bool force = false;
  bool quiet = false;
};

// Every sample's own ranges: for a log, or to merge them as MACE does.
Result<RangeFile> logged(const Options& o, const RecipeFile& recipe, const Session& session,
                         const std::vector<std::string>& files) {
  OCTAVO_ASSIGN_OR_RETURN(RangeLog log, RangeLog::make(session, recipe));
  const Samples samples = samples_of(files, log.loader());
  const Progress progress = terminal_progress(o.quiet);
  for (int64_t i = 0; i < samples.source.count; ++i) {
    OCTAVO_RETURN_IF_ERROR(log.add(samples.source.name(i), samples.source.load(i, 0)).status());
    OCTAVO_RETURN_IF_ERROR(report(progress, "calibrate", i + 1, samples.source.count));
  }
  note(skipped_lines(log.skipped()));
  return log.file();
}

Result<RangeFile> observed(const Options& o, const RecipeFile& recipe, Session& session,
                           const std::vector<std::string>& files) {
  OCTAVO_ASSIGN_OR_RETURN(const SampleLoader loader, SampleLoader::make(session.graph(), recipe));
  const Samples samples = samples_of(files, loader);
  const int threads = o.threads > 0 ? o.threads : hardware_threads();
  OCTAVO_ASSIGN_OR_RETURN(
      const Calibration calibration,
      session.calibrate(samples.source, recipe, threads, terminal_progress(o.quiet)));
  note(skipped_lines(calibration.skipped));
  return range_file_of(session.graph(), calibration.ranges, recipe.recipe);
}

// As values of this model, with what the format may want beside them.
Result<RangeFile> completed(const RangeFile& file, const Session& session,
                            const RecipeFile& recipe) {
  OCTAVO_ASSIGN_OR_RETURN(const MatchedRanges matched, match_ranges(file, session.graph()));
  for (const std::string& warning : matched.warnings) note("  warning      " + warning + "\n");
  return range_file_of(session.graph(), matched.ranges, recipe.recipe);
}

Result<RangeFile> data_free(const RecipeFile& recipe, const Session& session) {
  OCTAVO_ASSIGN_OR_RETURN(
      RangeFile file, range_file_without_samples(session.graph(), recipe, session.normalized()));
  for (const std::string& warning : file.warnings) note("  warning      " + warning + "\n");
  return file;
}

Result<RangeFile> found(const Options& o, const RecipeFile& recipe, Session& session) {
  if (recipe.data_free) return data_free(recipe, session);
  const std::string percentile = o.recipe.given("percentile");
  const bool by_samples = o.recipe.given("observer").empty() && (!percentile.empty() || o.enhance);
  LogMerging merging{0, o.enhance};
  if (!percentile.empty()) merging.percentile = recipe.recipe.percentile;
  if (!o.ranges.empty()) {
    OCTAVO_ASSIGN_OR_RETURN(const std::string text, read_text(o.ranges));
    Result<RangeFile> file = read_ranges(text, merging);
    if (!file.ok()) return file.status().at(o.ranges);
    return completed(*file, session, recipe);
  }
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples samples, find_samples(o.images, session));
  note(skipped_lines(samples.skipped));
  const std::vector<std::string> files = picked(samples.files, recipe);
  if (o.format != "mace_log" && !by_samples) return observed(o, recipe, session, files);
  OCTAVO_ASSIGN_OR_RETURN(RangeFile log, logged(o, recipe, session, files));
  if (o.format == "mace_log") return log;
  OCTAVO_ASSIGN_OR_RETURN(log.values, merge_log(log.values, merging));
  return completed(log, session, recipe);
}

Result<ExitCode> run(Options& o) {
  OCTAVO_RETURN_IF_ERROR(check_writable(o.output, o.force));
  OCTAVO_ASSIGN_OR_RETURN(const RangeFormat* format, find_range_format(o.format));
  OCTAVO_ASSIGN_OR_RETURN(const RecipeFile recipe,
                          o.recipe.resolve(o.ranges.empty() ? &o.images : nullptr));
  if (!o.images.empty() + !o.ranges.empty() + recipe.data_free != 1) {
    return Status(ErrorCode::kInvalidArgument,
                  "ranges come from --images, a folder of samples, from --ranges, a file, or from "
                  "--data-free: give one");
  }
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  OCTAVO_ASSIGN_OR_RETURN(const RangeFile file, found(o, recipe, session));
  OCTAVO_RETURN_IF_ERROR(write_text(o.output, o.force, format->write(file)));
  print(o.output + "\n" + summary_of(file, *format));
  return kExitOk;
}

}  // namespace

RunCommand add_ranges(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "float model (.onnx)")->required();
  app.add_option("-o,--output", o->output, "where the ranges go")->required();
  app.add_option(
         "--images", o->images,
         "folder of pictures (or .npy arrays, or a folder of them for each sample) to observe")
      ->type_name("DIR");
  app.add_option("--ranges", o->ranges, "file of ranges to rewrite, in any of the formats")
      ->type_name("FILE");
  app.add_option("--format", o->format,
                 "mace, mace_log, ncnn, onnxruntime, tensorrt or flatbuffers")
      ->type_name("NAME");
  app.add_flag("--enhance", o->enhance,
               "cut on, sample by sample, where that wins much range (MACE's enhancement)");
  o->recipe.add_to(app);
  app.add_option("--threads", o->threads, "threads to observe with; all cores unless given")
      ->check(CLI::Range(1, 1024));
  app.add_flag("-f,--force", o->force, "replace files that exist");
  app.add_flag("-q,--quiet", o->quiet, "no progress");
  return [o] { return run(*o); };
}

}  // namespace octavo
