// --fail-below: figures of a comparison that must be reached.
#pragma once

#include <string>
#include <vector>

#include "quant/compare.h"

namespace octavo {

struct Threshold {
  std::string figure;
  double least = 0;
};

// "top1=0.7,agreement=0.9"; kInvalidArgument names the part that cannot be read.
Result<std::vector<Threshold>> parse_thresholds(const std::string& text);

// A line for each figure that is lower, or not known; empty where all are reached.
std::string missed_thresholds(const CompareReport& report,
                              const std::vector<Threshold>& thresholds);

}  // namespace octavo
