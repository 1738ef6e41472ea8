#include "quant/clipped_normal.h"

#include <algorithm>
#include <cmath>

#include "base/real_math.h"

namespace octavo {
namespace {

// One end of what is let through, at `at`, as the standard normal sees it.
struct End {
  double at, density, below;  // density there, probability below; of an infinite end at is 0

  End(const Moments& normal, double deviation, float bound) {
    at = std::isfinite(bound) ? bound : 0;
    density = 0;
    below = bound > 0 ? 1 : 0;
    if (!std::isfinite(bound)) return;
    const auto z = static_cast<float>((at - normal.mean) / deviation);
    density = 0.3989422804014327 * real_exp(-0.5f * z * z);
    below = 0.5 * (1.0 + real_erf(z * 0.70710678f));
  }
};

}  // namespace

Moments clipped(const Moments& normal, Range bounds) {
  const double deviation = std::sqrt(normal.variance);
  if (!(deviation > 0)) {
    return {std::clamp<double>(normal.mean, bounds.min, bounds.max), 0};
  }
  const End a(normal, deviation, bounds.min), b(normal, deviation, bounds.max);
  const double m = normal.mean, inside = b.below - a.below;
  const double mean =
      m * inside + deviation * (a.density - b.density) + a.at * a.below + b.at * (1 - b.below);
  // E[x^2] between the ends is (m^2 + s^2) P + s ((m + a) f(a) - (m + b) f(b)).
  const double square = (m * m + normal.variance) * inside +
                        deviation * ((m + a.at) * a.density - (m + b.at) * b.density) +
                        a.at * a.at * a.below + b.at * b.at * (1 - b.below);
  return {mean, std::max(0.0, square - mean * mean)};
}

}  // namespace octavo
