#include <algorithm>
#include <cmath>
#include <vector>

#include "quant/observers/observers.h"

namespace octavo {
namespace {

constexpr size_t kMost = 4096;  // extremes kept of each end

// The farthest out of many numbers, in ascending order: the smallest for sign -1, the largest
// for 1.
class Farthest {
 public:
  explicit Farthest(int sign) : sign_(sign) {}

  void add(float x) {
    kept_.insert(std::upper_bound(kept_.begin(), kept_.end(), x), x);
    if (kept_.size() > kMost) kept_.erase(sign_ < 0 ? kept_.end() - 1 : kept_.begin());
  }

  void add(const Farthest& other) {
    for (const float x : other.kept_) add(x);
  }

  // The one that is `rank` away from the farthest, linear in between (as numpy.percentile does it).
  float at(double rank) const {
    const double last = static_cast<double>(kept_.size() - 1);
    const double place = sign_ < 0 ? std::min(rank, last) : std::max(last - rank, 0.0);
    const auto below = static_cast<size_t>(place);
    const size_t above = std::min(below + 1, kept_.size() - 1);
    const double part = place - static_cast<double>(below);
    return static_cast<float>(kept_[below] +
                              part * (static_cast<double>(kept_[above]) - kept_[below]));
  }

  void write(ByteWriter& out) const {
    for (const float x : kept_) out.put(x);
  }

  void read(ByteReader& in, size_t count) {
    for (; count > 0 && in.ok(); --count) {
      const float x = in.take<float>();
      if (!std::isfinite(x) || (!kept_.empty() && x < kept_.back())) in.fail();
      kept_.push_back(x);
    }
  }

 private:
  int sign_;
  std::vector<float> kept_;
};

// MACE's quantize_stat (tools/python/quantize/quantize_stat.py), whose --percentile is 100 minus
// this: percentiles of the samples' minima and maxima, not of values. An outlier in one sample of
// many is cut; what every sample has is not. The farthest 4096 of each end are kept, so that memory
// does not grow and shards merge exactly; where that is not far enough in, as for 95 per cent of
// more than 82,000 samples, the innermost of them is the end.
class ExtremesPercentile : public Observer {
 public:
  explicit ExtremesPercentile(double percentile) : tail_(1 - percentile / 100) {}

 protected:
  void add(std::span<const float>, Range extremes) override {
    ++samples_;
    minima_.add(extremes.min);
    maxima_.add(extremes.max);
  }

  void add_later(const Observer& later) override {
    const auto& other = static_cast<const ExtremesPercentile&>(later);
    samples_ += other.samples_;
    minima_.add(other.minima_);
    maxima_.add(other.maxima_);
  }

  void write_own(ByteWriter& out) const override {
    out.put_varint(static_cast<uint64_t>(samples_));
    minima_.write(out);
    maxima_.write(out);
  }

  void read_own(ByteReader& in) override {
    samples_ = take_element_count(in);
    if ((samples_ > 0) != has_extremes() || samples_ > count()) in.fail();
    const size_t kept = std::min(static_cast<size_t>(samples_), kMost);
    minima_.read(in, kept);
    maxima_.read(in, kept);
  }

  // Few samples that differ much can have a largest minimum above their smallest maximum; MACE
  // refuses that, and here the extremes stand.
  Range choose() const override {
    const double rank = tail_ * static_cast<double>(samples_ - 1);
    const Range range{minima_.at(rank), maxima_.at(rank)};
    return range.min <= range.max ? range : extremes();
  }

 private:
  double tail_;
  int64_t samples_ = 0;
  Farthest minima_{-1}, maxima_{1};
};

}  // namespace

std::unique_ptr<Observer> make_extremes_percentile(const Recipe& recipe) {
  return std::make_unique<ExtremesPercentile>(recipe.percentile);
}

}  // namespace octavo
