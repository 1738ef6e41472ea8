// What can be done about errors that stay when every layer has its ranges: names for recipes.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace octavo {

struct CorrectionInfo {
  const char* name;
  const char* description;  // one line, for people
  bool needs_samples = true;
};

std::span<const CorrectionInfo> corrections();  // in the order in which they are made
bool needs_samples(const std::string& name);    // or BatchNormalization will do
bool has_correction(const std::vector<std::string>& wanted, const char* name);

inline constexpr const char* kSmooth = "smooth";
inline constexpr const char* kEqualize = "equalize";
inline constexpr const char* kAnalyticBias = "analytic_bias";
inline constexpr const char* kBias = "bias";
inline constexpr const char* kReconstruct = "reconstruct";

}  // namespace octavo
