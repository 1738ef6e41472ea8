#include "quant/params.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr double kClearlySmaller = 0.99;  // of two scales; what is less is not worth a zero point

QuantParams symmetric_params(double magnitude, QuantParams params) {
  const int32_t half = (params.qmax - params.qmin) / 2;
  const double scale = magnitude / half >= kSmallestScale ? magnitude / half : 1;
  params.scale = {static_cast<float>(scale)};
  params.zero_point = {params.qmax - half};
  return params;
}

}  // namespace

bool saturates_at(Range bounds, const ActivationType& type) {
  if (type.symmetric) return false;
  if (type.bits == 8) return true;
  const bool is_relu = bounds.min == 0 && std::isinf(bounds.max);
  return is_relu && type.dtype == DType::kUint8;  // whose least integer is 0, with 7 bits too
}

QuantParams activation_params(Range range, const ActivationType& type) {
  QuantParams params;
  params.dtype = type.dtype;
  params.qmin = type.qmin();
  params.qmax = type.qmax();
  const double below = std::max(-range.min, 0.0f);
  const double above = std::max(range.max, 0.0f);
  if (type.symmetric) return symmetric_params(std::max(below, above), std::move(params));
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

int32_t largest_weight(int bits) { return bits == 7 ? 64 : 127; }

QuantParams weight_params(const std::vector<float>& magnitudes, int axis, int32_t qmax) {
  QuantParams params;
  params.dtype = DType::kInt8;
  params.qmin = -qmax;
  params.qmax = qmax;
  params.axis = axis;
  params.zero_point.assign(magnitudes.size(), 0);
  for (float magnitude : magnitudes) {
    params.scale.push_back(static_cast<float>(magnitude / static_cast<double>(qmax)));
  }
  const float largest = *std::max_element(params.scale.begin(), params.scale.end());
  const float spare = largest < kSmallestScale ? 1.0f : largest;
  for (float& scale : params.scale) scale = scale < kSmallestScale ? spare : scale;
  return params;
}

}  // namespace octavo
