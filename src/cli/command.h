// What the commands share. A command is a file that adds itself to the list in main.cc: it declares
// its flags and returns the function that runs it.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "base/status.h"
#include "cli/files.h"
#include "engine/session.h"

namespace octavo {

// The promises of the command line.
enum ExitCode {
  kExitOk = 0,
  kExitFailure = 1,
  kExitUsage = 2,
  kExitModel = 3,
  kExitCalibration = 4,
  kExitThreshold = 5,
};
ExitCode exit_code_of(const Status& status);

using RunCommand = std::function<Result<ExitCode>()>;
RunCommand add_inspect(CLI::App& app);
RunCommand add_quantize(CLI::App& app);
RunCommand add_ranges(CLI::App& app);
RunCommand add_sensitivity(CLI::App& app);
RunCommand add_compare(CLI::App& app);
RunCommand add_check(CLI::App& app);
RunCommand add_lint(CLI::App& app);
RunCommand add_run(CLI::App& app);

Result<Session> open_model(const std::string& path);

// The flags of the recipe (engine/recipe_file.h), --recipe and --config included; `resolve` gives
// the recipe after parsing: the configuration's, then the file's keys, then the flags'.
class RecipeFlags {
 public:
  void add_to(CLI::App& app);
  // `images`: becomes the folder of MNN's configuration, where it is empty and there is one.
  Result<RecipeFile> resolve(std::string* images = nullptr) const;
  // The last text of a key's flag, without looking at the file; empty where it was not given.
  std::string given(const std::string& key) const;

 private:
  std::string recipe_path_;
  std::string config_path_;
  std::vector<std::pair<std::string, std::vector<std::string>>>
      given_;  // key -> texts, table order
};

// --threads, --json and --quiet, for commands that work long and print one report.
void add_report_flags(CLI::App& app, int& threads, bool& json, bool& quiet);

// The files that the recipe's limit leaves.
std::vector<std::string> picked(std::vector<std::string> files, const RecipeFile& recipe);

// --images and what reads them.
struct Samples {
  std::vector<std::string> files;
  SampleSource source;
};
// `loader` must outlive the result.
Samples samples_of(std::vector<std::string> files, const SampleLoader& loader);

// The classes that --labels tells of files below --images: -1 for none, empty without labels.
Result<std::vector<int64_t>> labels_of(const std::string& labels, const std::string& images,
                                       const std::vector<std::string>& files);
constexpr const char* kLabelsHelp =
    "file of `file class-index` lines; or `folders`: each sub-folder is a class";

// A line for each sample that was left out; empty for none.
std::string skipped_lines(const std::vector<SkippedSample>& skipped);

void print(const std::string& text);  // to stdout
void note(const std::string& text);   // to stderr

}  // namespace octavo
