#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "base/double_log.h"
#include "quant/observers/histogram_observer.h"
#include "quant/observers/magnitudes.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

constexpr size_t kHalf = 64;        // bins on each side of zero that the first sample fills
constexpr size_t kMostHalf = 1024;  // bins that later ones may add to; wider bins serve beyond
constexpr size_t kQuantized = 128;  // bins of Q
constexpr double kSmoothing = 1e-4;
constexpr double kRoundingError = 1e-6;  // of counts that were spread over bins

// Empty bins take a little from the others (smooth_distribution). Nothing where all are empty, or a
// bin has less than that, which counts of whole values never have.
std::vector<double> smoothed(std::vector<double> counts) {
  double empty = 0;
  for (const double count : counts) empty += count == 0 ? 1 : 0;
  const double filled = static_cast<double>(counts.size()) - empty;
  if (filled == 0) return {};
  for (double& count : counts) {
    count += count == 0 ? kSmoothing : -kSmoothing * empty / filled;
    if (!(count > 0)) return {};
  }
  return counts;
}

// Of P from Q, both of any sum. Infinite where one of them is none.
double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  if (p.empty() || q.empty()) return std::numeric_limits<double>::infinity();
  const double p_total = std::accumulate(p.begin(), p.end(), 0.0);
  const double q_total = std::accumulate(q.begin(), q.end(), 0.0);
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    sum += p[i] / p_total * double_log(p[i] / p_total / (q[i] / q_total));
  }
  return sum;
}

// The bins [begin, end) joined by 128 and spread again over those of each group that P fills.
std::vector<double> joined(std::span<const double> bins, const std::vector<double>& p) {
  const size_t group = bins.size() / kQuantized;
  std::vector<double> q(bins.size());
  for (size_t first = 0; first < kQuantized * group; first += group) {
    const size_t end = first + group;
    const size_t summed = end == kQuantized * group ? bins.size() : end;  // the last takes the rest
    double sum = 0, filled = 0;
    for (size_t i = first; i < summed; ++i) sum += bins[i];
    for (size_t i = first; i < end; ++i) filled += p[i] != 0 ? 1 : 0;
    if (filled == 0) continue;
    const double whole = std::floor(sum / filled + kRoundingError);
    for (size_t i = first; i < end; ++i) q[i] = whole;
  }
  return q;
}

// ONNX Runtime's EntropyCalibrater (onnxruntime/python/tools/quantization/calibrate.py) with its
// defaults, given one sample at a time: 128 bins from -t to t of the first sample that is not all
// zeros, and more of the same width as later samples need them. The range is that of i bins below
// zero and i + 1 above, within the extremes, of i = 64 and up; so never less than the first
// sample's, and the extremes themselves where no later sample goes beyond it. Bins are made of
// finer ones, whose counts are spread evenly.
class KlOnnxRuntime : public HistogramObserver {
 protected:
  void add(std::span<const float> values, Range extremes) override {
    HistogramObserver::add(values, extremes);
    if (first_ == 0) first_ = std::max(-extremes.min, extremes.max);
  }

  void add_later(const Observer& later) override {
    HistogramObserver::add_later(later);
    if (first_ == 0) first_ = static_cast<const KlOnnxRuntime&>(later).first_;
  }

  void write_own(ByteWriter& out) const override {
    HistogramObserver::write_own(out);
    out.put(first_);
  }

  void read_own(ByteReader& in) override {
    HistogramObserver::read_own(in);
    first_ = in.take<float>();
    const float largest = has_extremes() ? std::max(-extremes().min, extremes().max) : 0.0f;
    if (!(first_ <= largest) || (first_ > 0) != (largest > 0)) in.fail();
  }

  Range choose() const override {
    const double largest = std::max(-extremes().min, extremes().max);
    if (extremes().min == extremes().max || largest == first_) return extremes();
    double width = static_cast<double>(first_) / kHalf;
    const double added = std::floor((largest - first_) / width) + 1;
    size_t half = kMostHalf;
    if (added <= static_cast<double>(kMostHalf - kHalf)) {
      half = kHalf + static_cast<size_t>(added);
    } else {
      width = largest / kMostHalf;
    }
    const double kept = static_cast<double>(best(both_sides(width, half)));
    return {std::max(extremes().min, static_cast<float>(-kept * width)),
            std::min(extremes().max, static_cast<float>((kept + 1) * width))};
  }

 private:
  std::vector<double> both_sides(double width, size_t half) const {
    const std::span<const int64_t> counts = histogram().counts();
    std::vector<double> below, above;
    for (size_t i = 0; i < Histogram::kHalf; ++i) {
      above.push_back(static_cast<double>(counts[Histogram::kHalf + i]));
      below.push_back(static_cast<double>(counts[Histogram::kHalf - 1 - i]));
    }
    below = rebinned(below, histogram().width(), width, half);
    above = rebinned(above, histogram().width(), width, half);
    std::vector<double> bins(below.rbegin(), below.rend());
    bins.insert(bins.end(), above.begin(), above.end());
    return bins;
  }

  // How many bins below zero; the first of equals, and all where nothing can be told.
  static size_t best(const std::vector<double>& bins) {
    const size_t zero = bins.size() / 2;
    double least = std::numeric_limits<double>::infinity();
    size_t found = zero;
    for (size_t i = kHalf; i <= zero; ++i) {
      const size_t end = std::min(zero + i + 1, bins.size());
      const std::span<const double> kept = std::span(bins).subspan(zero - i, end - (zero - i));
      std::vector<double> p(kept.begin(), kept.end());
      for (size_t j = 0; j < zero - i; ++j) p.front() += bins[j];
      for (size_t j = end; j < bins.size(); ++j) p.back() += bins[j];
      const double d = divergence(smoothed(p), smoothed(joined(kept, p)));
      if (d < least) {
        least = d;
        found = i;
      }
    }
    return found;
  }

  float first_ = 0;  // the largest magnitude of the first sample that had any
};

}  // namespace

std::unique_ptr<Observer> make_kl_onnxruntime(const Recipe&) {
  return std::make_unique<KlOnnxRuntime>();
}

}  // namespace octavo
