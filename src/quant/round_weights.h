// Weights to int8, with the errors of each output channel balanced.
#pragma once

#include "graph/graph.h"

namespace octavo {

// Rounds to the nearest, then moves the fewest weights of each output channel (index of
// params.axis) by one step that bring the sum of the channel's rounding errors within half a step.
// Rounding shifts the mean of a channel's output by that sum times the mean of its inputs, and
// inputs behind a Relu have a mean; narrow networks of depthwise layers lose more by these shifts
// than by all noise (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias
// Correction", 2019).
Tensor round_weights(const Tensor& weights, const QuantParams& params);

}  // namespace octavo
