#include <cmath>

#include "quant/observers/kl_divergence.h"
#include "quant/observers/observers.h"
#include "quant/observers/threshold_observer.h"

namespace octavo {
namespace {

constexpr double kLargest = 127;  // integer
constexpr int kSteps = 100;
constexpr double kLowest = 0.5, kHighest = 2;  // of the scale that KL gives

// Between the magnitudes and themselves after `per_unit` integers a unit. Signs do not matter: they
// survive.
double cosine(const Magnitudes& magnitudes, double per_unit) {
  double products = 0, squares = 0;
  for (size_t i = 0; i < magnitudes.counts.size(); ++i) {
    const double x = magnitudes.centre(i), q = std::fmin(std::round(x * per_unit), kLargest);
    products += magnitudes.counts[i] * q * x;
    squares += magnitudes.counts[i] * q * q;
  }
  return squares > 0 ? products / std::sqrt(squares) : 0;  // the length of x is the same for all
}

// ncnn2table's method=eq (tools/quantize/ncnn2table.cpp; Wu et al., "EasyQuant: Post-training
// Quantization via Scale Optimization", 2020): of 100 scales around that of KL, the one under which
// the cosine is largest, the first of equals. ncnn looks at the output of the layer that reads the
// value, on 50 images (and takes the names and sizes of the wrong ones); an observer sees the value
// itself, of all samples.
class Cosine : public ThresholdObserver {
 protected:
  double threshold(const Magnitudes& magnitudes) const override {
    const double start = kLargest / kl_threshold(magnitudes, kNcnnKl);
    double best = start * kLowest, most = 0;
    for (int step = 0; step < kSteps; ++step) {
      const double per_unit = start * (kLowest + (kHighest - kLowest) / kSteps * step);
      const double found = cosine(magnitudes, per_unit);
      if (found > most) {
        most = found;
        best = per_unit;
      }
    }
    return kLargest / best;
  }
};

}  // namespace

std::unique_ptr<Observer> make_cosine(const Recipe&) { return std::make_unique<Cosine>(); }

}  // namespace octavo
