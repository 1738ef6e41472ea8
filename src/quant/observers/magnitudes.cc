#include "quant/observers/magnitudes.h"

#include <algorithm>
#include <cmath>

namespace octavo {

Magnitudes magnitudes_of(const Histogram& histogram, Range extremes) {
  Magnitudes made{std::vector<double>(Histogram::kHalf), histogram.width(),
                  std::max(-extremes.min, extremes.max)};
  const std::span<const int64_t> counts = histogram.counts();
  for (size_t i = 0; i < made.counts.size(); ++i) {
    made.counts[i] =
        static_cast<double>(counts[Histogram::kHalf + i] + counts[Histogram::kHalf - 1 - i]);
  }
  made.counts[0] -= static_cast<double>(histogram.zeros());
  while (!made.counts.empty() && made.counts.back() == 0) made.counts.pop_back();
  return made;
}

std::vector<double> rebinned(std::span<const double> counts, double width, double new_width,
                             size_t new_bins) {
  std::vector<double> made(new_bins);
  const double ratio = width / new_width;
  for (size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    double at = static_cast<double>(i) * ratio;
    const double end = static_cast<double>(i + 1) * ratio;
    const double density = counts[i] / (end - at);
    while (at < end) {
      const size_t bin = std::min(static_cast<size_t>(at), new_bins - 1);
      const double next = bin + 1 == new_bins ? end : std::min(end, static_cast<double>(bin + 1));
      made[bin] += density * (next - at);
      at = next;
    }
  }
  return made;
}

Range within(Range extremes, double threshold) {
  const float t = static_cast<float>(threshold);
  return {std::clamp(extremes.min, -t, t), std::clamp(extremes.max, -t, t)};
}

}  // namespace octavo
