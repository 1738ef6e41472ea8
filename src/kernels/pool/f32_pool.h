// Pools of a window, channels last. The window is a list of the input pixels in it, padding left
// out:
//
//   max:   out[c] = rows[0][c], then `out < x ? x : out` for each further x = rows[r][c];
//          the lowest float where there is no row
//   mean:  out[c] = (0 + rows[0][c] + rows[1][c] + ...) / divisor, summed from left to right
#pragma once

#include <cstddef>
#include <span>

#include "kernels/isa.h"

namespace octavo {

struct F32Pool {
  size_t rows_count = 0;
  size_t channels = 0;
  const float* const* rows = nullptr;  // (rows_count)
  float divisor = 1.0f;                // of means
  float* out = nullptr;                // (channels)
};

struct F32PoolKernel {
  const char* name;
  Isa isa;
  void (*max)(const F32Pool& pool);
  void (*mean)(const F32Pool& pool);
};

std::span<const F32PoolKernel* const> f32_pool_kernels();
const F32PoolKernel& f32_pool_kernel(Isa isa);

}  // namespace octavo
