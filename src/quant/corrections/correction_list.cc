#include "quant/corrections/correction_list.h"

#include <algorithm>

namespace octavo {

std::span<const CorrectionInfo> corrections() {
  static constexpr CorrectionInfo kCorrections[] = {
      {kSmooth,
       "features that are larger than others go into the weights behind normalizations "
       "(SmoothQuant); for transformers"},
      {kEqualize,
       "channels are scaled by powers of two so that those of a tensor need ranges alike; for "
       "weights per tensor",
       false},
      {kAnalyticBias,
       "biases take the mean error that weights are expected to make, by BatchNormalization or the "
       "means of samples; 'bias' does more where there are samples",
       false},
      {kBias, "biases take the mean error of their layer on samples"},
      {kReconstruct, "weights are rounded, and biases set, so that a layer's outputs are nearest"},
  };
  return kCorrections;
}

bool needs_samples(const std::string& name) {
  return std::ranges::any_of(corrections(), [&](const CorrectionInfo& info) {
    return info.name == name && info.needs_samples;
  });
}

bool has_correction(const std::vector<std::string>& wanted, const char* name) {
  return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

}  // namespace octavo
