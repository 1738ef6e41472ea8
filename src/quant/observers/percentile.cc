#include <algorithm>

#include "quant/observers/histogram_observer.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

// Keeps `percentile` per cent of all values of all samples and cuts both tails alike.
class Percentile : public HistogramObserver {
 public:
  explicit Percentile(double percentile) : tail_((1 - percentile / 100) / 2) {}

 protected:
  Range choose() const override {
    const double total = static_cast<double>(count());
    return {end_at(tail_ * total), end_at((1 - tail_) * total)};
  }

 private:
  float end_at(double wanted) const {
    return std::clamp(static_cast<float>(histogram().quantile(wanted)), extremes().min,
                      extremes().max);
  }

  double tail_;
};

}  // namespace

std::unique_ptr<Observer> make_percentile(const Recipe& recipe) {
  return std::make_unique<Percentile>(recipe.percentile);
}

}  // namespace octavo
