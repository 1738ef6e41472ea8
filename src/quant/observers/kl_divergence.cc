#include "quant/observers/kl_divergence.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "base/double_log.h"

namespace octavo {
namespace {

constexpr size_t kBins = 2048;
constexpr size_t kIntervals = 128;  // what positive integers of eight bits can tell apart

// Visits the bins that an interval of `t` / 128 bins touches, each with the share of it that lies
// inside. Multiples of 1 / 128 are exact.
template <typename Visit>
void for_bins_of(size_t interval, size_t t, const Visit& visit) {
  const double length = static_cast<double>(t) / kIntervals;
  const double begin = static_cast<double>(interval) * length, end = begin + length;
  for (auto bin = static_cast<size_t>(begin); static_cast<double>(bin) < end; ++bin) {
    const double low = static_cast<double>(bin);
    visit(bin, std::min(end, low + 1) - std::max(begin, low));
  }
}

class Divergence {
 public:
  Divergence(std::vector<double> shares, double smoothing)
      : shares_(std::move(shares)), smoothing_(smoothing), beyond_(shares_.size()) {
    double sum = 0;
    for (size_t i = shares_.size(); i-- > 0;) beyond_[i] = sum += shares_[i];
    for (const double share : shares_) logs_.push_back(double_log(share + smoothing));
  }

  double of(size_t t) {
    spread(t);
    double sum = 0, last_q = 0, log_q = 0;  // most neighbours in Q are equal
    for (size_t i = 0; i < t; ++i) {
      if (q_[i] != last_q) {
        last_q = q_[i];
        log_q = double_log(last_q);
      }
      const bool is_last = i + 1 == t;
      const double p = (is_last ? beyond_[i] : shares_[i]) + smoothing_;
      sum += p * ((is_last ? double_log(p) : logs_[i]) - log_q);
    }
    return sum;
  }

 private:
  void spread(size_t t) {
    q_.assign(t, smoothing_);
    for (size_t interval = 0; interval < kIntervals; ++interval) {
      double sum = 0;
      for_bins_of(interval, t, [&](size_t bin, double share) { sum += share * shares_[bin]; });
      const double mean = sum / (static_cast<double>(t) / kIntervals);
      for_bins_of(interval, t, [&](size_t bin, double share) { q_[bin] += share * mean; });
    }
  }

  std::vector<double> shares_;  // of all counts
  double smoothing_;
  std::vector<double> beyond_, logs_;  // shares from this bin on; log of its part of P
  std::vector<double> q_;
};

}  // namespace

double kl_threshold(const Magnitudes& magnitudes, KlVariant variant) {
  const double width = magnitudes.largest / kBins;
  std::vector<double> shares = rebinned(magnitudes.counts, magnitudes.width, width, kBins);
  for (double& count : shares) count += variant.start;
  const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& count : shares) count /= total;

  Divergence divergence(std::move(shares), variant.smoothing);
  double least = std::numeric_limits<double>::infinity();
  size_t best = kIntervals;
  for (size_t t = kIntervals; t < kBins; ++t) {
    const double found = divergence.of(t);
    if (found < least) {
      least = found;
      best = t;
    }
  }
  return (static_cast<double>(best) + 0.5) * width;
}

}  // namespace octavo
