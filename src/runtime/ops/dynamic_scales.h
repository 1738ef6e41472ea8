// What turns sums of 8-bit products into floats where the scale and zero point of x are those of
// this very run:
//
//   y = float(sum of (x - x_zero_point) * (w - w_zero_point[n])) * scale[n] + addend[n]
//
// the sum modulo 2^32, every other step rounded by itself: what MatMulInteger or ConvInteger, Cast,
// Mul and Add give.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/op.h"

namespace octavo {

struct DynamicScales {
  int32_t x_zero_point = 0;
  const float* scale = nullptr;   // [n], or one where scale_step is 0
  size_t scale_step = 0;          // 0 or 1
  const float* addend = nullptr;  // the same; null for none
  size_t addend_step = 0;
};

// Of a node (x, w, x_zero_point, w_zero_point, scale, bias).
DynamicScales dynamic_scales_of(const RunContext& run, bool x_signed);

// The same for `filled` columns, as kernels read them: bias is that of x as it is. Those behind the
// last are 0; where there is no addend it is -0, which adds nothing.
struct DynamicColumns {
  const int32_t* bias;
  const float* multiplier;
  const float* addend;
};
inline uint64_t dynamic_columns_bytes(size_t filled) {
  return uint64_t{filled} * 3 * sizeof(float);
}
// For columns [first, first + sums.size()); `bias` is that of packed weights for a zero point of 0,
// `sums` those of their columns, modulo 2^32.
DynamicColumns dynamic_columns(const DynamicScales& scales, size_t first, const int32_t* bias,
                               std::span<const uint32_t> sums, size_t filled, std::byte* scratch);

// One byte for all of `n`, or one for each, as numbers.
std::vector<int32_t> spread_zero_points(std::span<const uint8_t> bytes, bool is_signed, size_t n);
// Zero points of weights: a constant of one or `n` numbers, or none. Empty where there are others.
std::vector<int32_t> weight_zero_points(const Tensor* constant, size_t n);

}  // namespace octavo
