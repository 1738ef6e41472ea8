#include <limits>

#include "kernels/pool/f32_pool.h"

namespace octavo {
namespace {

void max(const F32Pool& pool) {
  for (size_t c = 0; c < pool.channels; ++c) {
    float best = pool.rows_count ? pool.rows[0][c] : std::numeric_limits<float>::lowest();
    for (size_t r = 1; r < pool.rows_count; ++r) {
      best = best < pool.rows[r][c] ? pool.rows[r][c] : best;
    }
    pool.out[c] = best;
  }
}

void mean(const F32Pool& pool) {
  for (size_t c = 0; c < pool.channels; ++c) {
    float sum = 0.0f;
    for (size_t r = 0; r < pool.rows_count; ++r) sum += pool.rows[r][c];
    pool.out[c] = sum / pool.divisor;
  }
}

}  // namespace

extern const F32PoolKernel f32_pool_1x16__ref = {"f32_pool_1x16__ref", Isa::kRef, max, mean};

}  // namespace octavo
