// Analytic bias correction (Nagel et al., "Data-Free Quantization Through Weight Equalization and
// Bias Correction", 2019, section 4.2): weights w' in place of w move the mean of an output by
// (w' - w) E[x], which its bias takes back. E[x] is what the statistics of BatchNormalization tell,
// behind Relu and Clip by the clipped normal distribution (quant/data_free.h), or what samples have
// in the mean.
#pragma once

#include <vector>

#include "quant/corrections/channel_statistics.h"
#include "quant/corrector.h"
#include "quant/data_free.h"

namespace octavo {

// `quantized` was made of `exact`, `expected` is of its values; biases of `quantized` are replaced.
// Of the products whose inputs are known, in the order of the graph: the mean squared errors that
// their weights are expected to make at the outputs, inputs being independent. kIo and the like
// where weights cannot be read.
Result<std::vector<CorrectedLayer>> correct_biases(const Graph& exact, const Expectations& expected,
                                                   Graph& quantized);

// Of the inputs of products: of their channels, or of their features (the last dimension) where
// that is what they multiply.
Expectations expected_inputs(const Graph& graph, const ActivationStatistics& channels,
                             const ActivationStatistics& features);

}  // namespace octavo
