#include "engine/ranges/given_ranges.h"

#include <algorithm>

#include "engine/ranges/match_ranges.h"
#include "engine/sample_loader.h"
#include "quant/data_free.h"
#include "quant/fill_ranges.h"

namespace octavo {
namespace {

constexpr size_t kNamesShown = 5;

// What a picture of 0..255 becomes; none where the recipe leaves that open.
std::optional<Range> range_of_pictures(const Graph& graph, const RecipeFile& recipe) {
  const Preprocess& wished = recipe.preprocess;
  if (recipe.preprocess_name.empty() && wished.mean.empty() && wished.norm.empty()) return {};
  const Result<SampleLoader> loader = SampleLoader::make(graph, recipe);
  if (!loader.ok() || !image_input(graph)) return {};
  const Preprocess& p = loader->preprocess();
  Range range = extremes_of({});
  for (size_t c = 0; c < p.mean.size(); ++c) {
    for (const float x : {0.0f, 255.0f}) {
      const float y = (x - p.mean[c]) * p.norm[c];
      range = {std::min(range.min, y), std::max(range.max, y)};
    }
  }
  return range.min <= range.max ? std::optional(range) : std::nullopt;
}

std::string unranged(const std::vector<std::string>& names) {
  std::string text = std::to_string(names.size()) +
                     (names.size() == 1 ? " value is" : " values are") +
                     " without a range, and layers that need them stay in float: ";
  for (size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    text += (i > 0 ? ", '" : "'") + names[i] + "'";
  }
  if (names.size() > kNamesShown) {
    text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  }
  return text + "; --input-range NAME=MIN,MAX gives one";
}

}  // namespace

Result<RangeFile> read_ranges(const std::string& text, const LogMerging& merging) {
  OCTAVO_ASSIGN_OR_RETURN(RangeFile file, read_range_file(text));
  if (file.format == "mace_log") {
    OCTAVO_ASSIGN_OR_RETURN(file.values, merge_log(file.values, merging));
  }
  return file;
}

Result<GivenRanges> given_ranges(const Graph& graph, const RecipeFile& recipe,
                                 const std::string& text, const Normalized& normalized) {
  GivenRanges given;
  given.recipe = recipe;
  Ranges& ranges = given.calibration.ranges;
  if (!text.empty()) {
    LogMerging merging;
    if (recipe.recipe.observer == "extremes_percentile") {
      merging.percentile = recipe.recipe.percentile;
    }
    OCTAVO_ASSIGN_OR_RETURN(const RangeFile file, read_ranges(text, merging));
    OCTAVO_ASSIGN_OR_RETURN(MatchedRanges matched, match_ranges(file, graph));
    ranges = std::move(matched.ranges);
    given.warnings = std::move(matched.warnings);
    std::vector<std::string>& exclude = given.recipe.recipe.exclude;
    exclude.insert(exclude.end(), matched.exclude.begin(), matched.exclude.end());
    given.source = file.format + ", " + std::to_string(ranges.size()) + " values";
  }
  for (const auto& [name, range] : recipe.recipe.input_ranges) ranges[name] = {range, 0, "by hand"};
  if (const auto pictures = range_of_pictures(graph, recipe)) {
    ranges.emplace(graph.value(graph.inputs[0]).name, ValueRange{*pictures, 0, "pictures"});
  }
  if (recipe.data_free) {
    given.calibration.normalized = normalized;
    given.calibration.known = ranges;
    OCTAVO_ASSIGN_OR_RETURN(ranges, ranges_without_samples(graph, normalized, std::move(ranges)));
  }
  ranges = fill_ranges(graph, std::move(ranges));
  const auto missing = values_without_range(graph, given.recipe.recipe, ranges);
  if (!missing.empty()) given.warnings.push_back(unranged(missing));
  return given;
}

Result<RangeFile> range_file_without_samples(const Graph& graph, const RecipeFile& recipe,
                                             const Normalized& normalized) {
  OCTAVO_ASSIGN_OR_RETURN(GivenRanges given, given_ranges(graph, recipe, "", normalized));
  OCTAVO_ASSIGN_OR_RETURN(RangeFile file,
                          range_file_of(graph, given.calibration.ranges, recipe.recipe));
  file.warnings = std::move(given.warnings);
  return file;
}

}  // namespace octavo
