#include "kernels/gemm/f32_gemm.h"

#include <algorithm>

#include "kernels/kernel_list.h"

namespace octavo {

void pack_f32_gemm(const F32GemmWeights& weights, float* panels) {
  for (size_t first = 0; first < weights.columns; first += kF32GemmColumns) {
    const size_t used = std::min(kF32GemmColumns, weights.columns - first);
    for (size_t n = 0; n < kF32GemmColumns; ++n) {
      *panels++ = n < used && weights.bias ? weights.bias[first + n] : 0.0f;
    }
    for (size_t k = 0; k < weights.depth; ++k) {
      const size_t offset = weights.k_offsets.empty() ? k * weights.k_stride : weights.k_offsets[k];
      const float* from = weights.b + offset + first * weights.n_stride;
      for (size_t n = 0; n < used; ++n) *panels++ = weights.scale * from[n * weights.n_stride];
      for (size_t n = used; n < kF32GemmColumns; ++n) *panels++ = 0.0f;
    }
  }
}

#define OCTAVO_KERNEL(name) extern const F32GemmKernel name;
#include "kernels/gemm/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const F32GemmKernel* const> f32_gemm_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const F32GemmKernel* kVariants[] = {
#include "kernels/gemm/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return usable<F32GemmKernel>(kVariants);
}

const F32GemmKernel& f32_gemm_kernel(Isa isa) { return best_of(f32_gemm_kernels(), isa); }

}  // namespace octavo
