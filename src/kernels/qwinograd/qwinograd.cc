#include "kernels/qwinograd/qwinograd.h"

#include "kernels/weight_sums.h"

namespace octavo {
namespace {

int32_t weight(const QWinogradSource& source, size_t i, size_t c, size_t line, size_t column) {
  const size_t at = ((i * source.channels + c) * source.lines + line) * 3 + column;
  return widen(source.w[at], source.is_signed) - source.zero_point[i];
}

}  // namespace

bool takes_winograd(size_t channels, size_t lines) {
  constexpr size_t kMostTerms = (size_t{1} << 30) / (255 * 255);
  return channels > 0 && channels % kWinogradChannels == 0 && channels <= kMostTerms / 3 / lines;
}

QWinogradWeights pack_winograd(const QWinogradSource& source) {
  QWinogradWeights weights;
  weights.n = source.n;
  weights.channels = source.channels;
  weights.lines = source.lines;
  const size_t panels = (source.n + kQGemmCols - 1) / kQGemmCols;
  weights.packed = PackedWeights(uint64_t{panels} * weights.panel_bytes());
  if (!weights.packed) return weights;
  WeightSums sums(source.n);
  const size_t product_bytes = weights.groups() * kQGemmPanelBytes;
  for (size_t i = 0; i < source.n; ++i) {
    uint8_t* column = weights.packed.data() + i / kQGemmCols * weights.panel_bytes() +
                      i % kQGemmCols * kGroupBytes;
    for (size_t c = 0; c < source.channels; ++c) {
      for (size_t line = 0; line < source.lines; ++line) {
        const int32_t g[3] = {weight(source, i, c, line, 0), weight(source, i, c, line, 1),
                              weight(source, i, c, line, 2)};
        const int32_t u[kWinogradProducts] = {2 * g[0], g[0] + g[1] + g[2], g[0] - g[1] + g[2],
                                              -2 * g[2]};
        uint8_t* group = column + (line * weights.line_groups() + c / 2) * kQGemmPanelBytes;
        for (size_t t = 0; t < kWinogradProducts; ++t) {
          store_in_group(group + t * product_bytes, 2, c % 2, u[t]);
        }
        for (const int32_t value : g) sums.add(i, value);
      }
    }
  }
  sums.finish(source, source.x_zero_point, panels * kQGemmCols, weights);
  return weights;
}

}  // namespace octavo
