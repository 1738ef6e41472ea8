// Scales and zero points from ranges.
#pragma once

#include "graph/quant_params.h"
#include "quant/observer.h"

namespace octavo {

// Below this a scale is noise and its products underflow: no network means it.
constexpr double kSmallestScale = 1e-20;

// Asymmetric, over all of uint8, int8 or int16. The range is widened to contain 0, so that padding
// and the zeros of Relu are exact; where it is nothing but 0 the scale is 1. The zero point is the
// one nearest to the ideal, and the scale the least that then reaches both ends: with the usual
// (max - min) / 255 the 256 greys of a picture in -1..1 would all be ties. Where a side of few
// steps would so widen all of them, the zero point gives it one more.
QuantParams activation_params(Range range, DType dtype);

// int8 symmetric in -127..127 for weights up to these magnitudes, one a channel (or one in all).
// Channels of nothing but zeros take the largest of the other scales.
QuantParams weight_params(const std::vector<float>& magnitudes, int axis);

}  // namespace octavo
