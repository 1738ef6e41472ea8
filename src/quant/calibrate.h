// Runs samples through the float graph, one at a time, and observes its values.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "quant/normalized.h"
#include "quant/ranges.h"
#include "quant/recipe.h"
#include "quant/samples.h"
#include "runtime/executor.h"

namespace octavo {

struct Calibration {
  Ranges ranges;
  std::vector<RangeChoice> choices;    // of observer auto, else none: what tuning chooses from
  int64_t samples = 0;                 // used
  std::vector<SkippedSample> skipped;  // in the order of the source
  // Without samples: what the ranges were drawn from (quant/data_free.h).
  Normalized normalized = {};
  Ranges known = {};
};

// Names of the values whose ranges quantize() may want: floats around nodes that can be quantized.
std::vector<std::string> values_to_observe(const Graph& graph, const Recipe& recipe);

// The same bytes for any number of threads. Values that the plan does not hold, because it fused
// them away, get no range. Memory is that of `threads` runs and their observers, whatever the
// number of samples. kCalibrationData where no sample could be used. Progress phase: "calibrate".
Result<Calibration> calibrate(const std::shared_ptr<const Plan>& plan,
                              std::span<const std::string> values, const SampleSource& source,
                              const Recipe& recipe, int threads, const Progress& progress = {});

}  // namespace octavo
