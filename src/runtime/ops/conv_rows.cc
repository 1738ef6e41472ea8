#include "runtime/ops/conv_rows.h"

#include <algorithm>

namespace octavo {
namespace {

// Lines of the kernel.
size_t pieces_of(const Shape& w) { return w.rank() < 4 ? 1 : static_cast<size_t>(w[2]); }

// Weights of one group: (M / groups, C / groups, kh * kw) in memory, channels innermost in k, as in
// x.
QGemmWeights pack_group(const QConvParams& params, size_t group, Isa isa) {
  const Shape& shape = params.w->shape();
  const size_t n = static_cast<size_t>(shape[0]) / params.groups;
  const auto channels = static_cast<size_t>(shape[1]);
  const auto taps = static_cast<size_t>(shape.count(2, shape.rank()));
  const size_t k = channels * taps, first = group * n;
  return pack_weights(
      {n, k, static_cast<const uint8_t*>(params.w->data()) + first * k, k, channels, taps, 1,
       params.w_signed, params.w_zero_point.data() + first,
       params.bias ? params.bias + first : nullptr, params.multiplier.data() + first,
       params.x_signed, params.x_zero_point, pieces_of(shape)},
      isa);
}

}  // namespace

Result<ConvGroups> pack_conv_groups(const QConvParams& params, Isa isa) {
  ConvGroups groups;
  for (size_t g = 0; g < params.groups; ++g) {
    groups.push_back(pack_group(params, g, isa));
    if (!groups.back().packed) return no_memory_for_weights();
  }
  return groups;
}

uint64_t conv_rows_scratch(const ConvGroups& groups, const ConvGeometry& geometry) {
  size_t block = 0;  // weights of one group may take more groups of numbers than those of another
  for (const QGemmWeights& group : groups) block = std::max(block, qgemm_block_bytes(group));
  return block + kQGemmMostRows * ConvRows::slot_bytes(geometry);
}

}  // namespace octavo
