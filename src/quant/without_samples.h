// Corrections where there are no samples, from what BatchNormalization tells: data-free
// quantization (Nagel et al. 2019) in its order. Channels are equalized (corrections/equalize.h) by
// the ranges that are expected of them, the graph is quantized, and biases take what the rounding
// of weights is expected to add (corrections/analytic_bias.h). Nothing can be judged, so all that
// the recipe wants is done.
#pragma once

#include "quant/tuner.h"

namespace octavo {

// `calibration`: of no samples, with `normalized`. Errors of quantize(), and kIo and the like where
// weights cannot be read.
Result<Tuned> tune_without_samples(const Graph& exact, const Calibration& calibration,
                                   const Recipe& recipe);

}  // namespace octavo
