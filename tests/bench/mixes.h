// The instruction mix of a kernel: what its inner loop executes, in a loop that does nothing else.
// All loads and stores hit the same lines of the first-level cache, accumulators never leave
// registers and no row ends, so its speed is what the machine, and the compiler or engine, give for
// these instructions: the limit that the kernel is measured against.
#pragma once

#include <cstddef>
#include <cstdint>

namespace octavo {

struct Mix {
  // `stride` is 0, which the compiler does not know: it may take no load out of the loop.
  void (*run)(size_t steps, const uint8_t* lines, size_t stride, uint8_t* out);
  size_t work;  // of a step: multiply-adds, or elements
};

constexpr size_t kMixBytes = 512;  // of lines, and of out

// Tiles of 1 to 8 rows x 8 columns.
Mix f32_gemm_mix(size_t rows);
Mix f32_gemm_mix_avx2();  // 6 rows x 16 columns
Mix qgemm_mix_simd128(size_t rows);
Mix qgemm_mix_relaxed(size_t rows);

Mix f32_dwconv_mix();
Mix f32_dwconv_mix_avx2();
Mix qdwconv_mix_simd128();
Mix qdwconv_mix_relaxed();

Mix qbinary_add_mix();
Mix qbinary_mul_mix();
Mix quantize_mix();
Mix dequantize_mix();
Mix table_mix();

Mix f32_max_pool_mix();
Mix f32_mean_pool_mix();
Mix qmax_pool_mix();
Mix qaverage_pool_mix();

}  // namespace octavo
