#include "kernels/qdwconv/qdwconv.h"

#include <algorithm>

#include "kernels/kernel_list.h"

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

size_t QDwConvWeights::groups() const { return (taps + kernel->depth - 1) / kernel->depth; }
size_t QDwConvWeights::blocks() const { return (channels + kernel->block - 1) / kernel->block; }
size_t QDwConvWeights::first_channel(size_t block) const {
  const size_t first = block * kernel->block;
  return kernel->overlaps ? std::min(first, channels - kernel->block) : first;
}

namespace {

int32_t weight(const QDwConvWeightsSource& source, size_t channel, size_t tap) {
  return widen(source.w[channel * source.taps + tap], source.is_signed) -
         source.zero_point[channel];
}

void pack_block(const QDwConvWeightsSource& source, size_t first, const QDwConvKernel& kernel,
                uint8_t* packed) {
  const size_t count = std::min(kernel.block, source.channels - first);
  for (size_t i = 0; i < count; ++i) {
    for (size_t t = 0; t < source.taps; ++t) {
      store_in_group(packed + (t / kernel.depth * kernel.block + i) * kGroupBytes, kernel.depth,
                     t % kernel.depth, weight(source, first + i, t));
    }
  }
}

}  // namespace

bool takes(const QDwConvKernel& kernel, const QDwConvWeightsSource& source) {
  if (kernel.overlaps && source.channels < kernel.block) return false;
  bool fits = true;
  for (size_t c = 0; c < source.channels; ++c) {
    for (size_t t = 0; t < source.taps; ++t) fits &= fits_group(kernel.depth, weight(source, c, t));
  }
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
  weights.taps = source.taps;
  const size_t block_bytes = weights.groups() * kernel.block * kGroupBytes;
  weights.packed = PackedWeights(uint64_t{weights.blocks()} * block_bytes);
  if (!weights.packed) return weights;
  for (size_t b = 0; b < weights.blocks(); ++b) {
    pack_block(source, weights.first_channel(b), kernel, weights.packed.data() + b * block_bytes);
  }
  weights.bias.assign(weights.blocks() * kernel.block, 0);
  weights.multiplier.assign(weights.blocks() * kernel.block, 0.0f);
  const auto zero = static_cast<uint32_t>(source.x_zero_point + kernel.x_offset(source.x_signed));
  for (size_t c = 0; c < source.channels; ++c) {
    uint32_t sum = 0;
    uint64_t magnitude = 0;
    for (size_t t = 0; t < source.taps; ++t) {
      sum += static_cast<uint32_t>(weight(source, c, t));
      magnitude += static_cast<uint64_t>(std::abs(weight(source, c, t)));
    }
    const uint32_t bias = source.bias ? static_cast<uint32_t>(source.bias[c]) : 0;
    weights.bias[c] = static_cast<int32_t>(bias - zero * sum);
    weights.multiplier[c] = source.multiplier[c];
    weights.stays_small &= stays_small(magnitude, weights.bias[c], weights.multiplier[c]);
  }
  return weights;
}

}  // namespace octavo
