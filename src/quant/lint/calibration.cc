// How many samples the ranges come from. NNCF takes 300 unless told otherwise, the documentation of
// AI Edge Quantizer asks for 100 to 500, that of AIMET for 500 to 1000.
#include <cstdlib>

#include "quant/lint/rules.h"

namespace octavo::lint_rules {
namespace {

constexpr long kFew = 50;

}  // namespace

Status check_calibration(Context& context) {
  const auto& metadata = context.model.metadata;
  const auto found = metadata.find("octavo_calibration_samples");
  if (found == metadata.end()) return {};
  const long samples = std::strtol(found->second.c_str(), nullptr, 10);
  if (samples <= 0 || samples >= kFew) return {};  // 0: no range was looked for
  context.findings.push_back({"few_samples", Severity::kNote, "",
                              "its ranges come from " + std::to_string(samples) +
                                  (samples == 1 ? " sample" : " samples") +
                                  "; what they did not show is clipped",
                              "calibrate on 100 to 500 samples like those it will see"});
  return {};
}

}  // namespace octavo::lint_rules
