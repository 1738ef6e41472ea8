#include "kernels/gemm/f32_gemm.h"

#include <algorithm>

namespace octavo {

void pack_f32_gemm(const F32GemmWeights& weights, float* panels) {
  for (size_t first = 0; first < weights.columns; first += kF32GemmColumns) {
    const size_t used = std::min(kF32GemmColumns, weights.columns - first);
    for (size_t n = 0; n < kF32GemmColumns; ++n) {
      *panels++ = n < used && weights.bias ? weights.bias[first + n] : 0.0f;
    }
    for (const size_t offset : weights.k_offsets) {
      const float* from = weights.b + offset + first * weights.n_stride;
      for (size_t n = 0; n < used; ++n) *panels++ = weights.scale * from[n * weights.n_stride];
      for (size_t n = used; n < kF32GemmColumns; ++n) *panels++ = 0.0f;
    }
  }
}

F32GemmFn f32_gemm(Isa isa) {
#define OCTAVO_KERNEL(name, of) \
  if (isa == of) return name;
#include "kernels/gemm/kernels.inc"
#undef OCTAVO_KERNEL
  return f32_gemm_4x8__ref;
}

}  // namespace octavo
