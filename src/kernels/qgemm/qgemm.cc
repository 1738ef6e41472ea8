#include "kernels/qgemm/qgemm.h"

#include <algorithm>

#include "kernels/kernel_list.h"
#include "kernels/weight_sums.h"

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
  return usable<QGemmKernel>(kVariants);
}

namespace {

// Calls visit(column, k, w - zero point) for every weight.
template <typename Visit>
void for_each_weight(const QGemmWeightsSource& source, Visit visit) {
  for (size_t i = 0; i < source.n; ++i) {
    const uint8_t* row = source.w + i * source.n_stride;
    for (size_t j = 0, inner = 0; j < source.k; ++j, ++inner) {
      if (inner == source.inner) {
        row += source.outer_stride;
        inner = 0;
      }
      visit(i, j, widen(row[inner * source.inner_stride], source.is_signed) - source.zero_point[i]);
    }
  }
}

bool fits_int8(const QGemmWeightsSource& source) {
  bool fits = true;
  for_each_weight(source, [&](size_t, size_t, int32_t w) { fits &= fits_group(4, w); });
  return fits;
}

}  // namespace

QGemmWeights pack_weights(const QGemmWeightsSource& source, Isa isa) {
  const bool bytes = isa >= Isa::kRelaxed && fits_int8(source);
  return pack_weights(source, best_of(qgemm_kernels(), bytes ? isa : std::min(isa, Isa::kSimd128)));
}

QGemmWeights pack_weights(const QGemmWeightsSource& source, const QGemmKernel& kernel) {
  QGemmWeights weights;
  weights.kernel = &kernel;
  weights.n = source.n;
  weights.k = source.k;
  weights.pieces = source.pieces;
  const size_t panel_bytes = weights.groups() * kQGemmPanelBytes;
  const size_t piece = source.k / source.pieces, filled = weights.piece_groups() * kernel.depth;
  weights.packed = PackedWeights(uint64_t{weights.panels()} * panel_bytes);
  if (!weights.packed) return weights;
  WeightSums sums(source.n);
  const size_t depth = kernel.depth;
  for_each_weight(source, [&](size_t i, size_t j, int32_t value) {
    uint8_t* column =
        weights.packed.data() + i / kQGemmCols * panel_bytes + i % kQGemmCols * kGroupBytes;
    const size_t at = j / piece * filled + j % piece;
    store_in_group(column + at / depth * kQGemmPanelBytes, depth, at % depth, value);
    sums.add(i, value);
  });
  const int32_t zero = source.x_zero_point + kernel.x_offset(source.x_signed);
  sums.finish(source, zero, weights.panels() * kQGemmCols, weights);
  return weights;
}

}  // namespace octavo
