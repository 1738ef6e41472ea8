#include "kernels/qdwconv/qdwconv.h"

#include <algorithm>

#include "kernels/kernel_list.h"
#include "kernels/weight_sums.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const QDwConvKernel name;
#include "kernels/qdwconv/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const QDwConvKernel* const> qdwconv_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const QDwConvKernel* kVariants[] = {
#include "kernels/qdwconv/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return usable<QDwConvKernel>(kVariants);
}

namespace {

// Calls visit(channel, row, column, w - zero point) for every weight.
template <typename Visit>
void for_each_weight(const QDwConvWeightsSource& source, Visit visit) {
  const uint8_t* w = source.w;
  for (size_t c = 0; c < source.channels; ++c) {
    for (size_t i = 0; i < source.rows; ++i) {
      for (size_t j = 0; j < source.columns; ++j) {
        visit(c, i, j, widen(*w++, source.is_signed) - source.zero_point[c]);
      }
    }
  }
}

}  // namespace

bool takes(const QDwConvKernel& kernel, const QDwConvWeightsSource& source) {
  bool fits = true;
  for_each_weight(source,
                  [&](size_t, size_t, size_t, int32_t w) { fits &= fits_group(kernel.depth, w); });
  return fits;
}

QDwConvWeights pack_weights(const QDwConvWeightsSource& source, Isa isa) {
  const QDwConvKernel& best = best_of(qdwconv_kernels(), isa);
  const bool fits = takes(best, source);
  return pack_weights(source,
                      fits ? best : best_of(qdwconv_kernels(), std::min(isa, Isa::kSimd128)));
}

QDwConvWeights pack_weights(const QDwConvWeightsSource& source, const QDwConvKernel& kernel) {
  QDwConvWeights weights;
  weights.kernel = &kernel;
  weights.channels = source.channels;
  weights.rows = source.rows;
  weights.columns = source.columns;
  weights.groups = (source.rows + kernel.depth - 1) / kernel.depth;
  weights.packed = PackedWeights(uint64_t{weights.blocks()} * weights.block_bytes());
  if (!weights.packed) return weights;
  WeightSums sums(source.channels);
  for_each_weight(source, [&](size_t c, size_t i, size_t j, int32_t value) {
    const size_t group = j * weights.groups + i / kernel.depth;
    uint8_t* block = weights.packed.data() + c / kQDwConvChannels * weights.block_bytes();
    store_in_group(block + group * kQDwConvGroupBytes + c % kQDwConvChannels * kGroupBytes,
                   kernel.depth, i % kernel.depth, value);
    sums.add(c, value);
  });
  const int32_t zero = source.x_zero_point + kernel.x_offset(source.x_signed);
  sums.finish(source, zero, weights.blocks() * kQDwConvChannels, weights);
  return weights;
}

}  // namespace octavo
