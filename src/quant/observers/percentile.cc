#include <algorithm>

#include "quant/observers/histogram.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

// Keeps `percentile` per cent of all values of all samples and cuts both tails alike.
class Percentile : public Observer {
 public:
  explicit Percentile(double percentile) : tail_((1 - percentile / 100) / 2) {}

 protected:
  void add(std::span<const float> values, Range extremes) override {
    histogram_.add(values, std::max(-extremes.min, extremes.max));
  }

  void add_later(const Observer& later) override {
    histogram_.add(static_cast<const Percentile&>(later).histogram_);
  }

  void write_own(ByteWriter& out) const override { histogram_.write(out); }

  void read_own(ByteReader& in) override {
    const int64_t total = histogram_.read(in, count());
    if (all_finite() && total != count()) in.fail();
  }

  Range choose() const override {
    const double total = static_cast<double>(count());
    return {end_at(tail_ * total), end_at((1 - tail_) * total)};
  }

 private:
  float end_at(double wanted) const {
    return std::clamp(static_cast<float>(histogram_.quantile(wanted)), extremes().min,
                      extremes().max);
  }

  double tail_;
  Histogram histogram_;
};

}  // namespace

std::unique_ptr<Observer> make_percentile(const Recipe& recipe) {
  return std::make_unique<Percentile>(recipe.percentile);
}

}  // namespace octavo
