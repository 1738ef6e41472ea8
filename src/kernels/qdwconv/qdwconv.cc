#include "kernels/qdwconv/qdwconv.h"

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
  return kVariants;
}

const QDwConvKernel& qdwconv_kernel(Isa isa) { return best_of(qdwconv_kernels(), isa); }

QDwConvWeights pack_weights(const QDwConvWeightsSource& source) {
  QDwConvWeights weights;
  weights.channels = source.channels;
  weights.taps = source.taps;
  const size_t blocks = (source.channels + kQDwConvChannels - 1) / kQDwConvChannels;
  const size_t block_size = weights.tap_pairs() * kQDwConvChannels * 2;
  weights.packed = PackedWeights(uint64_t{blocks} * block_size);
  if (!weights.packed) return weights;
  weights.bias.assign(blocks * kQDwConvChannels, 0);
  weights.multiplier.assign(blocks * kQDwConvChannels, 0.0f);
  for (size_t c = 0; c < source.channels; ++c) {
    int16_t* lane =
        weights.packed.data() + c / kQDwConvChannels * block_size + c % kQDwConvChannels * 2;
    uint32_t sum = 0;
    for (size_t t = 0; t < source.taps; ++t) {
      const int32_t value =
          widen(source.w[c * source.taps + t], source.is_signed) - source.zero_point[c];
      lane[t / 2 * kQDwConvChannels * 2 + t % 2] = static_cast<int16_t>(value);
      sum += static_cast<uint32_t>(value);
    }
    const uint32_t bias = source.bias ? static_cast<uint32_t>(source.bias[c]) : 0;
    weights.bias[c] = static_cast<int32_t>(bias - static_cast<uint32_t>(source.x_zero_point) * sum);
    weights.multiplier[c] = source.multiplier[c];
  }
  return weights;
}

}  // namespace octavo
