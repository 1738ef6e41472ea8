#include <algorithm>
#include <vector>

#include "quant/observers/histogram_observer.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

constexpr double kSteps = 255;    // of eight bits
constexpr int kMostRounds = 100;  // of moving both ends in turn; a handful are needed

// Ends at the edges of bins, and what a range costs: what is cut off, (x - end)^2 each, and a
// twelfth of a squared step for all others but those next to 0, which integers hold exactly.
// Sums of all that lies below each edge tell it at once for every range.
class Costs {
 public:
  explicit Costs(const Histogram& histogram)
      : width_(histogram.width()),
        at_zero_(static_cast<double>(histogram.counts()[Histogram::kHalf])) {
    double n = 0, x1 = 0, x2 = 0;
    for (size_t edge = 0; edge <= histogram.counts().size(); ++edge) {
      count_.push_back(n);
      first_.push_back(x1);
      second_.push_back(x2);
      if (edge == histogram.counts().size()) break;
      const double c = static_cast<double>(histogram.counts()[edge]);
      const double x = at(edge) + width_ / 2;
      n += c;
      x1 += c * x;
      x2 += c * x * x;
    }
  }

  double at(size_t edge) const {
    return (static_cast<double>(edge) - static_cast<double>(Histogram::kHalf)) * width_;
  }
  size_t edges() const { return count_.size(); }
  bool any_below(size_t edge) const { return count_[edge] > 0; }
  bool any_above(size_t edge) const { return count_[edge] < count_.back(); }

  double of(size_t low, size_t high) const {
    const double step = (at(high) - at(low)) / kSteps;
    const double kept = count_[high] - count_[low] - at_zero_;
    return cut(0, low, at(low)) + cut(high, edges() - 1, at(high)) + step * step / 12 * kept;
  }

 private:
  double cut(size_t from, size_t to, double end) const {
    return (second_[to] - second_[from]) - 2 * end * (first_[to] - first_[from]) +
           end * end * (count_[to] - count_[from]);
  }

  double width_, at_zero_;
  std::vector<double> count_, first_, second_;  // by edge: sums of 1, x, x^2 below it
};

// The range whose squared error is least: from the widest, each end in turn goes to its best place
// until neither moves. (PyTorch's HistogramObserver and TensorFlow's MSE calibration look for the
// same by other steps.)
class Mse : public HistogramObserver {
 protected:
  Range choose() const override {
    const Costs costs(histogram());
    const size_t zero = Histogram::kHalf;
    size_t lowest = zero, highest = zero + 1;
    while (lowest > 0 && costs.any_below(lowest)) --lowest;
    while (highest + 1 < costs.edges() && costs.any_above(highest)) ++highest;
    size_t low = lowest, high = highest;
    for (int round = 0; round < kMostRounds; ++round) {
      const size_t low_before = low, high_before = high;
      for (size_t edge = zero + 1; edge <= highest; ++edge) {
        if (costs.of(low, edge) < costs.of(low, high)) high = edge;
      }
      for (size_t edge = lowest; edge <= zero; ++edge) {
        if (costs.of(edge, high) < costs.of(low, high)) low = edge;
      }
      if (low == low_before && high == high_before) break;
    }
    return {std::clamp(static_cast<float>(costs.at(low)), extremes().min, extremes().max),
            std::clamp(static_cast<float>(costs.at(high)), extremes().min, extremes().max)};
  }
};

}  // namespace

std::unique_ptr<Observer> make_mse(const Recipe&) { return std::make_unique<Mse>(); }

}  // namespace octavo
