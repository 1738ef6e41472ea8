// Results as JSON and, where quant/report.h has none, as text.
#pragma once

#include <string>

#include "engine/findings.h"
#include "engine/json.h"
#include "quant/compare.h"
#include "quant/quantize.h"
#include "quant/quantizer.h"

namespace octavo {

struct QuantizeReport {
  std::string output;  // where the int8 model is
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
  int64_t samples = 0;
  std::vector<SkippedSample> skipped;
  std::vector<NodeSummary> nodes;
  double seconds = 0;
  std::vector<Finding> findings;            // of lint, on the int8 model
  std::vector<std::string> warnings;        // of wishes that were left out
  std::vector<Trial> trials;                // of whole models; none where there was no choice
  std::vector<CorrectedLayer> corrections;  // of the one that was kept
  std::optional<FallbackReport> fallback;   // of a recipe with a goal
};

OrderedJson to_json(const std::vector<SkippedSample>& skipped);
OrderedJson to_json(const CompareReport& report);
OrderedJson to_json(const QuantizeReport& report);
std::string to_text(const QuantizeReport& report);

}  // namespace octavo
