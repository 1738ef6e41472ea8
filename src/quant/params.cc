#include "quant/params.h"

#include <algorithm>
#include <cmath>

namespace octavo {

QuantParams activation_params(Range range, DType dtype) {
  QuantParams params;
  params.dtype = dtype;
  params.qmin = dtype == DType::kInt8 ? -128 : 0;
  params.qmax = dtype == DType::kInt8 ? 127 : 255;
  const double low = std::min(range.min, 0.0f);
  const double high = std::max(range.max, 0.0f);
  const double wanted = (high - low) / 255;
  const float scale = wanted < kSmallestScale ? 1.0f : static_cast<float>(wanted);
  const double zero_point = params.qmin + std::nearbyint(-low / static_cast<double>(scale));
  params.scale = {scale};
  params.zero_point = {static_cast<int32_t>(
      std::clamp(zero_point, static_cast<double>(params.qmin), static_cast<double>(params.qmax)))};
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
