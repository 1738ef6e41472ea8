#include "quant/params.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr double kClearlySmaller = 0.99;  // of two scales; what is less is not worth a zero point

}  // namespace

QuantParams activation_params(Range range, DType dtype) {
  QuantParams params;
  params.dtype = dtype;
  params.qmin = dtype == DType::kInt8 ? -128 : dtype == DType::kInt16 ? -32768 : 0;
  params.qmax = params.qmin + (dtype == DType::kInt16 ? 65535 : 255);
  const double below = std::max(-range.min, 0.0f);
  const double above = std::max(range.max, 0.0f);
  const double steps = params.qmax - params.qmin;
  // The scale that reaches both ends with `n` integers below zero.
  const auto reaching = [&](double n) {
    return std::max(below > 0 ? below / n : 0, above > 0 ? above / (steps - n) : 0);
  };
  double n = 0, scale = 1;
  if ((below + above) / steps >= kSmallestScale) {
    const double ideal = below / (below + above) * steps;
    n = std::nearbyint(ideal);
    const double other = n < ideal ? n + 1 : n - 1;
    if (reaching(other) < kClearlySmaller * reaching(n)) n = other;
    scale = reaching(n);
  }
  params.scale = {static_cast<float>(scale)};
  params.zero_point = {params.qmin + static_cast<int32_t>(n)};
  return params;
}

QuantParams weight_params(const std::vector<float>& magnitudes, int axis) {
  QuantParams params;
  params.dtype = DType::kInt8;
  params.qmin = -127;
  params.qmax = 127;
  params.axis = axis;
  params.zero_point.assign(magnitudes.size(), 0);
  for (float magnitude : magnitudes) params.scale.push_back(static_cast<float>(magnitude / 127.0));
  const float largest = *std::max_element(params.scale.begin(), params.scale.end());
  const float spare = largest < kSmallestScale ? 1.0f : largest;
  for (float& scale : params.scale) scale = scale < kSmallestScale ? spare : scale;
  return params;
}

}  // namespace octavo
