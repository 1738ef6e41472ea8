// Static quantization without samples: ranges from a file, by hand, from the statistics of
// BatchNormalization, and those that follow.
#pragma once

#include "engine/ranges/merge_log.h"
#include "engine/recipe_file.h"
#include "quant/calibrate.h"
#include "quant/normalized.h"

namespace octavo {

struct GivenRanges {
  Calibration calibration;  // of 0 samples
  RecipeFile recipe;        // with the layers left in float that a table leaves out
  std::vector<std::string> warnings;
  std::string source;  // for people: "mace, 63 values"
};

// `text`: a file of ranges; empty for those of the recipe alone. A log is merged by the recipe's
// percentile where its observer is extremes_percentile, else as it is. Where the recipe says how
// pictures become inputs, the range of the input follows from that. `normalized` is looked at where
// the recipe is data_free; kInvalidArgument where it is empty then. Warns of values that are left
// without a range: their layers stay in float.
Result<GivenRanges> given_ranges(const Graph& graph, const RecipeFile& recipe,
                                 const std::string& text, const Normalized& normalized = {});

// What given_ranges() finds without a file, as one; the warnings are in it.
Result<RangeFile> range_file_without_samples(const Graph& graph, const RecipeFile& recipe,
                                             const Normalized& normalized);

// The same file as ranges of this graph's values, a log merged.
Result<RangeFile> read_ranges(const std::string& text, const LogMerging& merging);

}  // namespace octavo
