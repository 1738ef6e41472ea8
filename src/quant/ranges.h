// The output of calibration: what is known of each value. Saved and loaded, merged with nothing.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "quant/observer.h"

namespace octavo {

struct ValueRange {
  Range range;           // as observed: not widened to contain 0
  int64_t count = 0;     // elements seen
  std::string observer;  // that chose it
};

using Ranges = std::map<std::string, ValueRange>;  // by the name of the value

struct RangeChoice {
  std::string name;  // of the observer and what it was told: "percentile 99.99"
  Ranges ranges;
};

}  // namespace octavo
