// Weights to 4 bits, with a scale for every block of inputs.
#pragma once

#include <vector>

#include "graph/tensor.h"

namespace octavo {

struct BlockedWeights {
  Tensor integers;           // int4 in -8..7, shaped as the weights
  std::vector<float> scale;  // not 0; shaped as the weights, but for the blocks along the axis
  Shape scale_shape;
};

// `weights` (float, finite) in blocks of `block` > 0 indices of `axis`, along which an output
// channel sums; the last block may be shorter. `taps` neighbours there see one input channel: 9 of
// a 3x3 kernel.
//
// The scale of a block is the one of 83 that lets rounding to the nearest err least in the square:
// those that reach the largest magnitude with 6.5 to 10.5 steps (what is beyond saturates),
// negative ones too, because there are eight steps below zero and seven above, and the least
// squares fit to the integers of the best of them. A block of zeros has the scale 1.
//
// Then weights move by a step where that brings the output nearer, e the errors of the weights:
//   0.4 * sum of e^2 + 0.6 * sum over input channels of (sum of e)^2 + 0.7 * (sum of all e)^2
// which is the square error of the output where inputs resemble their neighbours and lie, as behind
// a Relu, around a mean. That is the objective of rounding by reconstruction (Nagel et al., "Up or
// Down? Adaptive Rounding for Post-Training Quantization", 2020) with assumed instead of measured
// moments; the three weights were found on SqueezeNet and need no samples.
BlockedWeights round_blocks(const Tensor& weights, int axis, int64_t block, int64_t taps = 1);

}  // namespace octavo
