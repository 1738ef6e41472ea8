#include <deque>

#include "quant/observers/observers.h"

namespace octavo {
namespace {

constexpr size_t kMost = 4096;  // samples kept

// PyTorch's MovingAverageMinMaxObserver: each end moves by `momentum` of the way to that of the
// newest sample, beginning at the first. The fold is not associative in floating point, so the
// extremes themselves are the state, folded at the end: merging is exact. It begins at the first of
// the last 4096 samples: what older ones would weigh, 0.99^4096 by the default, is below 1e-17.
class MovingAverage : public Observer {
 public:
  explicit MovingAverage(double momentum) : momentum_(static_cast<float>(momentum)) {}

 protected:
  void add(std::span<const float>, Range extremes) override {
    samples_.push_back(extremes);
    forget_oldest();
  }

  void add_later(const Observer& later) override {
    const auto& samples = static_cast<const MovingAverage&>(later).samples_;
    samples_.insert(samples_.end(), samples.begin(), samples.end());
    forget_oldest();
  }

  void write_own(ByteWriter& out) const override {
    out.put_varint(samples_.size());
    for (const Range& sample : samples_) write_range(sample, out);
  }

  void read_own(ByteReader& in) override {
    samples_.resize(in.take_count(sizeof(Range)));
    for (Range& sample : samples_) sample = read_range(in);
    const bool sensible = samples_.empty() != has_extremes() && samples_.size() <= kMost &&
                          std::ssize(samples_) <= count();
    if (!sensible) in.fail();
  }

  Range choose() const override {
    Range average = samples_.front();
    for (const Range& sample : samples_) {
      average.min += momentum_ * (sample.min - average.min);
      average.max += momentum_ * (sample.max - average.max);
    }
    return average;
  }

 private:
  void forget_oldest() {
    while (samples_.size() > kMost) samples_.pop_front();
  }

  float momentum_;
  std::deque<Range> samples_;
};

}  // namespace

std::unique_ptr<Observer> make_moving_average(const Recipe& recipe) {
  return std::make_unique<MovingAverage>(recipe.momentum);
}

}  // namespace octavo
