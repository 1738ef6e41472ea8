#include <algorithm>
#include <cmath>

#include "quant/observers/observers.h"
#include "quant/observers/threshold_observer.h"

namespace octavo {
namespace {

constexpr double kLargest = 127;  // integer
constexpr int kRounds = 300;

// Sums over all x and their integers q under a scale.
struct Sums {
  double products = 0;  // q x
  double squares = 0;   // q^2
};

// Values are spread evenly inside of a bin, which is cut where rounding changes. (Were they all at
// its centre, a scale could not move on before whole bins change their integer.)
Sums sums_of(const Magnitudes& magnitudes, double scale) {
  Sums sums;
  for (size_t i = 0; i < magnitudes.counts.size(); ++i) {
    const double density = magnitudes.counts[i] / magnitudes.width;
    double at = static_cast<double>(i) * magnitudes.width;
    const double end = at + magnitudes.width;
    double q = std::min(std::floor(at / scale + 0.5), kLargest);
    while (at < end) {
      const double next = q < kLargest ? std::min(end, (q + 0.5) * scale) : end;
      if (next > at) {
        sums.products += density * q * (next - at) * (next + at) / 2;
        sums.squares += density * q * q * (next - at);
        at = next;
      }
      ++q;
    }
  }
  return sums;
}

// MNN's feature_quantize_method ADMM (tools/quantization/TensorStatistic.cpp): integers from the
// scale, then the scale of least squared error from the integers, in turn. MNN does so with all
// values of one batch. Once a round changes nothing, none will.
class Admm : public ThresholdObserver {
 protected:
  double threshold(const Magnitudes& magnitudes) const override {
    double scale = magnitudes.largest / (kLargest * 2.5);
    for (int round = 0; round < kRounds; ++round) {
      const Sums sums = sums_of(magnitudes, scale);
      if (sums.squares == 0 || sums.products / sums.squares == scale) break;
      scale = sums.products / sums.squares;
    }
    return scale * kLargest;
  }
};

}  // namespace

std::unique_ptr<Observer> make_admm(const Recipe&) { return std::make_unique<Admm>(); }

}  // namespace octavo
