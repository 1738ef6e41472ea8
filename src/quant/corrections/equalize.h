// Cross-layer equalization (Nagel et al. 2019, "Data-Free Quantization Through Weight Equalization
// and Bias Correction", section 4.1): channels of activations get factors, which the products on
// both sides take in, so that the channels of a tensor need ranges alike. Here the factors are
// powers of two, which leaves the float function as it is, to the last bit, wherever no Clip is
// reached by what it was not reached by before. Channels are joined through residual Adds, Concats
// and pools (channel_classes.h). One that reaches the ceiling of a ReLU6 on the samples keeps the
// factor 1, others may rise as far as their head room goes: so the promise holds for all inputs of
// networks with Relu, and for those with ReLU6 on the samples.
//
// It is for weights with one scale a tensor: where each output channel has its own, the scales do
// most of this already, and the rest was measured not to be worth it.
#pragma once

#include "quant/corrections/channel_factors.h"
#include "quant/corrections/channel_statistics.h"

namespace octavo {

// They begin where ranges are balanced (balance_ranges.h); then each is moved for as long as that
// lowers the expected noise (equalization_noise.h). `fixed`: names of values that keep the
// factor 1. Empty where there is nothing to gain; kIo and the like where weights cannot be read.
Result<ChannelFactors> equalizing_factors(const Graph& graph, const ActivationStatistics& seen,
                                          const std::vector<std::string>& fixed);

}  // namespace octavo
