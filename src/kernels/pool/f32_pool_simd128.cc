#include <wasm_simd128.h>

#include <algorithm>
#include <limits>

#include "kernels/pool/f32_pool.h"

namespace octavo {
namespace {

struct Max {
  static constexpr bool kFromFirstRow = true;
  static v128_t join(v128_t best, v128_t x) { return wasm_f32x4_pmax(best, x); }
  static float join(float best, float x) { return best < x ? x : best; }
  static v128_t finish(v128_t best, float) { return best; }
  static float finish(float best, float) { return best; }
};

struct Mean {
  static constexpr bool kFromFirstRow = false;
  static v128_t join(v128_t sum, v128_t x) { return wasm_f32x4_add(sum, x); }
  static float join(float sum, float x) { return sum + x; }
  static v128_t finish(v128_t sum, float divisor) {
    return wasm_f32x4_div(sum, wasm_f32x4_splat(divisor));
  }
  static float finish(float sum, float divisor) { return sum / divisor; }
};

// V vectors of channels at a time from channel c on; returns the channel after the last whole
// group.
template <typename Pool, size_t V>
size_t run_vectors(const F32Pool& pool, size_t c) {
  for (; c + 4 * V <= pool.channels; c += 4 * V) {
    v128_t acc[V];
    for (size_t v = 0; v < V; ++v) {
      acc[v] = Pool::kFromFirstRow ? wasm_v128_load(pool.rows[0] + c + 4 * v) : wasm_f32x4_splat(0);
    }
    for (size_t r = Pool::kFromFirstRow; r < pool.rows_count; ++r) {
      const float* x = pool.rows[r] + c;
      for (size_t v = 0; v < V; ++v) acc[v] = Pool::join(acc[v], wasm_v128_load(x + 4 * v));
    }
    for (size_t v = 0; v < V; ++v) {
      wasm_v128_store(pool.out + c + 4 * v, Pool::finish(acc[v], pool.divisor));
    }
  }
  return c;
}

template <typename Pool>
void run(const F32Pool& pool) {
  size_t c = run_vectors<Pool, 4>(pool, 0);
  c = run_vectors<Pool, 1>(pool, c);
  for (; c < pool.channels; ++c) {
    float acc = Pool::kFromFirstRow ? pool.rows[0][c] : 0.0f;
    for (size_t r = Pool::kFromFirstRow; r < pool.rows_count; ++r) {
      acc = Pool::join(acc, pool.rows[r][c]);
    }
    pool.out[c] = Pool::finish(acc, pool.divisor);
  }
}

void max(const F32Pool& pool) {
  if (pool.rows_count == 0) {
    std::fill_n(pool.out, pool.channels, std::numeric_limits<float>::lowest());
  } else {
    run<Max>(pool);
  }
}

}  // namespace

extern const F32PoolKernel f32_pool_1x16__simd128 = {"f32_pool_1x16__simd128", Isa::kSimd128, max,
                                                     run<Mean>};

}  // namespace octavo
