// The output of calibration, or of a file of ranges: what is known of each value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "quant/observer.h"

namespace octavo {

struct ValueRange {
  Range range;           // as observed: not widened to contain 0
  int64_t count = 0;     // elements seen
  std::string observer;  // that chose it, or where it was read
  // Of weights: the largest magnitude that each output channel, or all, can hold. Empty where the
  // weights themselves say it.
  std::vector<float> magnitudes = {};
};

using Ranges = std::map<std::string, ValueRange>;  // by the name of the value

struct RangeChoice {
  std::string name;  // of the observer and what it was told: "percentile 99.99"
  Ranges ranges;
};

}  // namespace octavo
