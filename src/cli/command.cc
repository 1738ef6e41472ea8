#include "cli/command.h"

#include <cstdio>
#include <filesystem>

#include "engine/labels.h"

#include "engine/mnn_config.h"

namespace octavo {

ExitCode exit_code_of(const Status& status) {
  switch (status.code()) {
    case ErrorCode::kOk:
      return kExitOk;
    case ErrorCode::kInvalidArgument:
      return kExitUsage;
    case ErrorCode::kModelUnreadable:
    case ErrorCode::kModelUnsupported:
      return kExitModel;
    case ErrorCode::kCalibrationData:
    case ErrorCode::kImage:
      return kExitCalibration;
    default:
      return kExitFailure;
  }
}

Result<Session> open_model(const std::string& path) {
  Result<std::shared_ptr<const ByteSource>> source = open_file(path);
  if (!source.ok()) {
    return Status(ErrorCode::kModelUnreadable, source.status().message(), path);
  }
  Result<Session> session = Session::open(*source, siblings_of(path));
  if (!session.ok()) return session.status().at(path);
  return session;
}

void RecipeFlags::add_to(CLI::App& app) {
  app.add_option("--recipe", recipe_path_, "JSON file with any of the following; flags win over it")
      ->type_name("FILE");
  app.add_option(
         "--config", config_path_,
         "MNN's configuration of quantized.out, as it stands; --recipe and flags win over it")
      ->type_name("FILE");
  given_.reserve(recipe_keys().size());  // CLI11 keeps pointers into it
  for (const RecipeKey& key : recipe_keys()) {
    auto& texts = given_.emplace_back(key.key, std::vector<std::string>()).second;
    if (*key.value == '\0') {
      app.add_flag_function(key.flag, [&texts](int64_t) { texts = {"true"}; }, key.help);
      continue;
    }
    CLI::Option* option = app.add_option(key.flag, texts, key.help)->type_name(key.value);
    option->expected(1)->allow_extra_args(false);
    option->multi_option_policy(key.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                               : CLI::MultiOptionPolicy::TakeLast);
  }
}

Result<RecipeFile> RecipeFlags::resolve(std::string* images) const {
  RecipeFile recipe = default_recipe();
  if (!config_path_.empty()) {
    OCTAVO_ASSIGN_OR_RETURN(const std::string text, read_text(config_path_));
    Result<MnnConfig> config = read_mnn_config(text);
    if (!config.ok()) return config.status().at(config_path_);
    for (const std::string& warning : config->warnings) {
      note("  warning      " + config_path_ + ": " + warning + "\n");
    }
    recipe = config->recipe;
    if (images && images->empty()) *images = config->images;
  }
  if (!recipe_path_.empty()) {
    OCTAVO_ASSIGN_OR_RETURN(const std::string text, read_text(recipe_path_));
    Result<RecipeFile> read = recipe_from_json(text, recipe);
    if (!read.ok()) return read.status().at(recipe_path_);
    recipe = *read;
  }
  for (const auto& [key, texts] : given_) {
    for (const std::string& text : texts) {
      OCTAVO_RETURN_IF_ERROR(set_from_flag(recipe, key, text));
    }
  }
  OCTAVO_RETURN_IF_ERROR(validate(recipe.recipe));
  return recipe;
}

std::string RecipeFlags::given(const std::string& key) const {
  for (const auto& [name, texts] : given_) {
    if (name == key && !texts.empty()) return texts.back();
  }
  return {};
}

void add_report_flags(CLI::App& app, int& threads, bool& json, bool& quiet) {
  app.add_option("--threads", threads, "threads; all cores unless given")
      ->check(CLI::Range(1, 1024));
  app.add_flag("--json", json, "one JSON object on stdout");
  app.add_flag("-q,--quiet", quiet, "no progress");
}

std::vector<std::string> picked(std::vector<std::string> files, const RecipeFile& recipe) {
  if (!recipe.pick_first) return spread_evenly(files, recipe.limit);
  const auto count = static_cast<size_t>(recipe.limit);
  if (count > 0 && count < files.size()) files.resize(count);
  return files;
}

Samples samples_of(std::vector<std::string> files, const SampleLoader& loader) {
  Samples samples;
  samples.files = std::move(files);
  const std::vector<std::string> paths = samples.files;
  samples.source.count = static_cast<int64_t>(paths.size());
  samples.source.name = [paths](int64_t i) { return paths[static_cast<size_t>(i)]; };
  samples.source.load = [paths, &loader](int64_t i, int) -> Result<std::vector<Tensor>> {
    return load_sample(loader, paths[static_cast<size_t>(i)]);
  };
  return samples;
}

Result<std::vector<int64_t>> labels_of(const std::string& labels, const std::string& images,
                                       const std::vector<std::string>& files) {
  if (labels.empty()) return std::vector<int64_t>();
  std::vector<std::string> names;
  for (const std::string& file : files) {
    const bool alone = file == images;  // --images may name one file
    const std::filesystem::path path(file);
    names.push_back((alone ? path.filename() : path.lexically_relative(images)).string());
  }
  if (labels == "folders") return labels_from_folders(names);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<std::byte> bytes, read_file(labels));
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  auto found = labels_from_lines(text, names);
  return found.ok() ? std::move(found) : found.status().at(labels);
}

std::string skipped_lines(const std::vector<SkippedSample>& skipped) {
  std::string text;
  for (const SkippedSample& s : skipped)
    text += "  skipped      " + s.name + ": " + s.reason + "\n";
  return text;
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }
void note(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace octavo
