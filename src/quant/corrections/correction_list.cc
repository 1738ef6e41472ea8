#include "quant/corrections/correction_list.h"

#include <algorithm>

namespace octavo {

std::span<const CorrectionInfo> corrections() {
  static constexpr CorrectionInfo kCorrections[] = {
      {kEqualize,
       "channels are scaled by powers of two so that those of a tensor need ranges alike; for "
       "weights per tensor"},
      {kBias, "biases take the mean error of their layer on samples"},
      {kReconstruct, "weights are rounded, and biases set, so that a layer's outputs are nearest"},
  };
  return kCorrections;
}

bool has_correction(const std::vector<std::string>& wanted, const char* name) {
  return std::find(wanted.begin(), wanted.end(), name) != wanted.end();
}

}  // namespace octavo
