#include <algorithm>
#include <cmath>
#include <vector>

#include "quant/observers/observers.h"

namespace octavo {
namespace {

constexpr int kHalfBits = 12;
constexpr int64_t kHalf = int64_t{1} << kHalfBits;  // bins on each side of zero
constexpr int kFinestExponent = -100;               // of the bin width: smaller values share bin 0
constexpr int kCoarsestExponent = 128 - kHalfBits;  // holds every float

// Counts of values in bins [i * 2^e, (i + 1) * 2^e), -kHalf <= i < kHalf. e is the least that holds
// the largest magnitude seen; it grows by joining pairs of bins. Since
// floor(floor(x / w) / 2) = floor(x / 2w), and scaling by a power of two is exact, the counts
// depend on the values alone: not on their order, nor on how they were split over merged
// histograms.
class Histogram {
 public:
  Histogram() : counts_(2 * kHalf) {}

  void add(std::span<const float> values, float largest_magnitude) {
    coarsen_to(exponent_for(largest_magnitude));
    const double per_bin = std::ldexp(1.0, -exponent_);  // in double no product is too small
    for (float x : values) {
      ++counts_[static_cast<size_t>(static_cast<int32_t>(std::floor(x * per_bin)) + kHalf)];
    }
  }

  void add(const Histogram& other) {
    Histogram scaled = other;
    coarsen_to(other.exponent_);
    scaled.coarsen_to(exponent_);
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += scaled.counts_[i];
  }

  // Bins that hold anything, as steps from the one before.
  void write(ByteWriter& out) const {
    out.put(static_cast<int16_t>(exponent_));
    out.put_varint(static_cast<uint64_t>(
        std::count_if(counts_.begin(), counts_.end(), [](int64_t count) { return count > 0; })));
    for (size_t i = 0, next = 0; i < counts_.size(); ++i) {
      if (counts_[i] == 0) continue;
      out.put_varint(i - next);
      out.put_varint(static_cast<uint64_t>(counts_[i]));
      next = i + 1;
    }
  }

  // Of no more than `most` values; returns how many there are.
  int64_t read(ByteReader& in, int64_t most) {
    exponent_ = in.take<int16_t>();
    if (exponent_ < kFinestExponent || exponent_ > kCoarsestExponent) in.fail();
    int64_t total = 0;
    uint64_t bin = 0;
    for (size_t left = in.take_count(2); left > 0 && in.ok(); --left) {
      const uint64_t step = in.take_varint();
      const int64_t count = take_element_count(in);
      if (step >= counts_.size() - bin || count > most - total) {
        in.fail();
        break;
      }
      counts_[bin + step] = count;
      total += count;
      bin += step + 1;
      if (bin == counts_.size() && left > 1) in.fail();
    }
    return total;
  }

  // The x below which `wanted` values lie, as if values were spread evenly inside of each bin.
  double quantile(double wanted) const {
    double below = 0;
    size_t bin = 0;
    while (bin + 1 < counts_.size() && below + static_cast<double>(counts_[bin]) < wanted) {
      below += static_cast<double>(counts_[bin++]);
    }
    const double count = static_cast<double>(counts_[bin]);
    const double inside = count > 0 ? (wanted - below) / count : 0;
    return std::ldexp(static_cast<double>(static_cast<int64_t>(bin) - kHalf) + inside, exponent_);
  }

 private:
  // Least e with magnitude < kHalf * 2^e.
  static int exponent_for(float magnitude) {
    if (magnitude == 0) return kFinestExponent;
    return std::max(std::ilogb(magnitude) + 1 - kHalfBits, kFinestExponent);
  }

  void coarsen_to(int exponent) {
    if (exponent <= exponent_) return;
    const int shift = std::min(exponent - exponent_, kHalfBits + 1);  // beyond: bins 0 and -1 alone
    std::vector<int64_t> joined(counts_.size());
    for (int64_t i = -kHalf; i < kHalf; ++i) {
      joined[static_cast<size_t>((i >> shift) + kHalf)] += counts_[static_cast<size_t>(i + kHalf)];
    }
    counts_ = std::move(joined);
    exponent_ = exponent;
  }

  int exponent_ = kFinestExponent;
  std::vector<int64_t> counts_;
};

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
