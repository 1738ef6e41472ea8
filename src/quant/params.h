// Scales and zero points from ranges.
#pragma once

#include "graph/quant_params.h"
#include "quant/observer.h"
#include "quant/recipe.h"

namespace octavo {

// Below this a scale is noise and its products underflow: no network means it.
constexpr double kSmallestScale = 1e-20;

// A bias is at most this many steps of its scale, so that the sum of products beside it, which is
// below 2^30 for up to 33,000 products of 255 * 127, still fits int32.
constexpr double kLargestBias = 1 << 30;

// The integers of activations: 8 bits of them, or the lower 7 for processors whose sums of products
// saturate; and whether the zero point is the one in the middle, whatever the range.
struct ActivationType {
  DType dtype;
  int bits = 8;
  bool symmetric = false;

  ActivationType(DType type) : dtype(type) {}
  explicit ActivationType(const Recipe& recipe)
      : dtype(recipe.activations), bits(recipe.activation_bits), symmetric(recipe.symmetric) {}

  int width() const { return dtype == DType::kInt16 ? 16 : bits; }
  int32_t qmin() const { return dtype == DType::kUint8 ? 0 : -(1 << (width() - 1)); }
  int32_t qmax() const { return qmin() + (1 << width()) - 1; }
};

// Whether integers of this type saturate where real numbers leave `bounds`, which reach 0: those of
// asymmetric ranges do, where they are all that 8 bits hold.
bool saturates_at(Range bounds, const ActivationType& type);

// Asymmetric, over all integers of the type. The range is widened to contain 0, so that padding and
// the zeros of Relu are exact; where it is nothing but 0 the scale is 1. The zero point is the one
// nearest to the ideal, and the scale the least that then reaches both ends: with the usual (max -
// min) / 255 the 256 greys of a picture in -1..1 would all be ties. Where a side of few steps would
// so widen all of them, the zero point gives it one more.
//
// Symmetric: scale * 127 (or 63) is the larger end, zero point 0 of int8, 128 (or 64) of uint8.
QuantParams activation_params(Range range, const ActivationType& type);

// The largest integer of weights of 8 bits is 127, of 7 bits 64: ONNX Runtime's reduce_range. Two
// products of uint8 activations and those are at most 2 * 255 * 64, which fits the int16 sums of
// processors with neither VNNI nor the like; 2 * 255 * 127 does not, and saturates.
int32_t largest_weight(int bits);

// int8 symmetric in -qmax..qmax for weights up to these magnitudes, one a channel (or one in all).
// Channels of nothing but zeros take the largest of the other scales.
QuantParams weight_params(const std::vector<float>& magnitudes, int axis, int32_t qmax = 127);

}  // namespace octavo
