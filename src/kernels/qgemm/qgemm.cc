#include "kernels/qgemm/qgemm.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const QGemmKernel name;
#include "kernels/qgemm/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const QGemmKernel* const> qgemm_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const QGemmKernel* kVariants[] = {
#include "kernels/qgemm/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const QGemmKernel& qgemm_kernel(Isa isa) { return best_of(qgemm_kernels(), isa); }

QGemmWeights pack_weights(const QGemmWeightsSource& source) {
  QGemmWeights weights;
  weights.n = source.n;
  weights.k = source.k;
  const size_t panel_size = weights.k_pairs() * kQGemmCols * kQGemmDepth;
  weights.packed = PackedWeights(uint64_t{weights.panels()} * panel_size);
  if (!weights.packed) return weights;
  weights.bias.assign(weights.panels() * kQGemmCols, 0);
  weights.multiplier.assign(weights.panels() * kQGemmCols, 0.0f);
  for (size_t i = 0; i < source.n; ++i) {
    int16_t* column = weights.packed.data() + i / kQGemmCols * panel_size + i % kQGemmCols * 2;
    uint32_t sum = 0;
    const uint8_t* row = source.w + i * source.n_stride;
    for (size_t j = 0, inner = 0; j < source.k; ++j, ++inner) {
      if (inner == source.inner) {
        row += source.outer_stride;
        inner = 0;
      }
      const int32_t value =
          widen(row[inner * source.inner_stride], source.is_signed) - source.zero_point[i];
      column[j / 2 * kQGemmCols * 2 + j % 2] = static_cast<int16_t>(value);
      sum += static_cast<uint32_t>(value);
    }
    const uint32_t bias = source.bias ? static_cast<uint32_t>(source.bias[i]) : 0;
    weights.bias[i] = static_cast<int32_t>(bias - static_cast<uint32_t>(source.x_zero_point) * sum);
    weights.multiplier[i] = source.multiplier[i];
  }
  return weights;
}

}  // namespace octavo
