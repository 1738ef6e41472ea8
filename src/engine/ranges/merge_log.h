// One range for each value of a log that has one for each sample, as MACE's
// tools/python/quantize/quantize_stat.py makes its overall_range.
#pragma once

#include "engine/ranges/range_file.h"

namespace octavo {

struct LogMerging {
  // Per cent of the samples whose minima are cut off, and whose maxima are: numpy's percentile of
  // the minima, and of the maxima 100 less that. Above 50 it tells what is kept instead, as the
  // observers do: 5 and 95 are one wish.
  double percentile = 0;
  // Cuts on from there, sample by sample, where that wins ten times more of the range than it costs
  // of the samples.
  bool enhance = false;
};

// In the order in which names come first. kInvalidArgument where the percentile is not one, or
// leaves a value nothing.
Result<std::vector<NamedRange>> merge_log(const std::vector<NamedRange>& log,
                                          const LogMerging& merging);

}  // namespace octavo
