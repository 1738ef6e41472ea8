#include <map>

#include "base/thread_pool.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/preprocess_check.h"

namespace octavo {
namespace {

struct Options {
  std::string model;
  std::string images;
  std::string labels;
  RecipeFlags recipe;
  int threads = 0;
  bool json = false;
  bool quiet = false;
};

// Those with labels, spread evenly.
Result<std::vector<LabelledFile>> labelled_files(const Options& o, const Session& session,
                                                 int64_t limit) {
  OCTAVO_ASSIGN_OR_RETURN(const FoundSamples found, find_samples(o.images, session));
  note(skipped_lines(found.skipped));
  OCTAVO_ASSIGN_OR_RETURN(const auto labels, labels_of(o.labels, o.images, found.files));
  std::vector<std::string> names;
  std::map<std::string, int64_t> classes;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;
    names.push_back(found.files[i]);
    classes[found.files[i]] = labels[i];
  }
  std::vector<LabelledFile> files;
  for (const std::string& name : spread_evenly(names, limit > 0 ? limit : kCheckedSamples)) {
    files.push_back({name, classes[name], [name] { return read_file(name); }});
  }
  return files;
}

Result<ExitCode> run(const Options& o) {
  OCTAVO_ASSIGN_OR_RETURN(const RecipeFile recipe, o.recipe.resolve());
  OCTAVO_ASSIGN_OR_RETURN(Session session, open_model(o.model));
  OCTAVO_ASSIGN_OR_RETURN(const auto files, labelled_files(o, session, recipe.limit));
  const int threads = o.threads > 0 ? o.threads : hardware_threads();
  OCTAVO_ASSIGN_OR_RETURN(
      const PreprocessReport report,
      check_preprocessing(session, recipe, files, threads, terminal_progress(o.quiet)));
  note(skipped_lines(report.skipped));
  print(o.json ? dump_json(to_json(report)) + "\n" : to_text(report));
  return report.clearly_better() ? kExitThreshold : kExitOk;
}

}  // namespace

RunCommand add_check(CLI::App& app) {
  auto o = std::make_shared<Options>();
  app.add_option("MODEL", o->model, "the float model")->required();
  app.add_option("--images", o->images, "folder of pictures")->required();
  app.add_option("--labels", o->labels, kLabelsHelp)->type_name("FILE")->required();
  o->recipe.add_to(app);
  add_report_flags(app, o->threads, o->json, o->quiet);
  return [o] { return run(*o); };
}

}  // namespace octavo
