// Ranges of activations where there are no samples: from the statistics of BatchNormalization, as
// in Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019).
#pragma once

#include "quant/normalized.h"
#include "quant/ranges.h"

namespace octavo {

// What is expected of one channel of a value.
struct Expected {
  Moments moments;
  double low = 0, high = 0;  // mean -+ some deviations, cut by what cuts it
};
inline constexpr double kDeviations = 6;                            // n of the paper's section 5
using Expectations = std::map<std::string, std::vector<Expected>>;  // of channels, or one for all

// Of the values that are normalized, and of those that follow from them and from `known` ranges,
// which are taken for uniform: through Relu and Clip (clipped normal), sums (of independent
// numbers), pools, Concat, Resize, and products without BatchNormalization (independent inputs).
// kIo where weights cannot be read.
Result<Expectations> expect(const Graph& graph, const Normalized& normalized, const Ranges& known,
                            double deviations = kDeviations);

// Adds to `known`, which wins, from the lowest of any channel to the highest. kInvalidArgument
// where nothing is normalized.
Result<Ranges> ranges_without_samples(const Graph& graph, const Normalized& normalized,
                                      Ranges known);

}  // namespace octavo
