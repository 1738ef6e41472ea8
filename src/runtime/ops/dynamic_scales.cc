#include "runtime/ops/dynamic_scales.h"

#include <algorithm>

#include "kernels/requant.h"

namespace octavo {

DynamicScales dynamic_scales_of(const RunContext& run, bool x_signed) {
  enum Input : size_t { kXZeroPoint = 2, kScale = 4, kBias = 5 };
  DynamicScales scales;
  if (run.has_input(kXZeroPoint)) {
    scales.x_zero_point =
        widen(*static_cast<const uint8_t*>(run.inputs[kXZeroPoint].data), x_signed);
  }
  const TensorView& scale = run.inputs[kScale];
  scales.scale = static_cast<const float*>(scale.data);
  scales.scale_step = scale.count() == 1 ? 0 : 1;
  if (run.has_input(kBias)) {
    scales.addend = static_cast<const float*>(run.inputs[kBias].data);
    scales.addend_step = run.inputs[kBias].count() == 1 ? 0 : 1;
  }
  return scales;
}

DynamicColumns dynamic_columns(const DynamicScales& scales, size_t first, const int32_t* bias,
                               std::span<const uint32_t> sums, size_t filled, std::byte* scratch) {
  auto* const biases = reinterpret_cast<int32_t*>(scratch);
  auto* const multipliers = reinterpret_cast<float*>(biases + filled);
  float* const addends = multipliers + filled;
  std::fill_n(biases, 3 * filled, 0);
  const auto zero = static_cast<uint32_t>(scales.x_zero_point);
  for (size_t i = 0; i < sums.size(); ++i) {
    const size_t n = first + i;
    biases[i] = static_cast<int32_t>(static_cast<uint32_t>(bias[i]) - zero * sums[i]);
    multipliers[i] = scales.scale[n * scales.scale_step];
    addends[i] = scales.addend ? scales.addend[n * scales.addend_step] : -0.0f;
  }
  return {biases, multipliers, addends};
}

std::vector<int32_t> spread_zero_points(std::span<const uint8_t> bytes, bool is_signed, size_t n) {
  std::vector<int32_t> zero_points;
  for (size_t i = 0; i < n; ++i) {
    zero_points.push_back(widen(bytes[bytes.size() == 1 ? 0 : i], is_signed));
  }
  return zero_points;
}

std::vector<int32_t> weight_zero_points(const Tensor* constant, size_t n) {
  if (!constant) return std::vector<int32_t>(n, 0);
  const auto count = static_cast<size_t>(constant->count());
  if (count != 1 && count != n) return {};
  return spread_zero_points({static_cast<const uint8_t*>(constant->data()), count},
                            constant->dtype() == DType::kInt8, n);
}

}  // namespace octavo
