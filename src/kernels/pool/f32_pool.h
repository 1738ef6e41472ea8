// Pools of a window, channels last. The window is a list of the input pixels in it, padding left out:
//
//   max:   out[c] = rows[0][c], then `out < x ? x : out` for each further x = rows[r][c];
//          the lowest float where there is no row
//   mean:  out[c] = (0 + rows[0][c] + rows[1][c] + ...) / divisor, summed from left to right
#pragma once

#include <cstddef>

#include "kernels/isa.h"

namespace octavo {

struct F32Pool {
  size_t rows_count = 0;
  size_t channels = 0;
  const float* const* rows = nullptr;  // (rows_count)
  float divisor = 1.0f;                // of means
  float* out = nullptr;                // (channels)
};

using F32PoolFn = void (*)(const F32Pool&);
F32PoolFn f32_max_pool(Isa isa);
F32PoolFn f32_mean_pool(Isa isa);

#define OCTAVO_KERNEL(family, name, isa) void name(const F32Pool& pool);
#include "kernels/pool/kernels.inc"
#undef OCTAVO_KERNEL

}  // namespace octavo
