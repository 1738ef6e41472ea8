#include <vector>

#include "quant/observers/observers.h"

namespace octavo {
namespace {

// PyTorch's MovingAverageMinMaxObserver: each end moves by `momentum` of the way to that of the
// newest sample, beginning at the first. The fold is not associative in floating point, so the
// extremes themselves are the state (eight bytes a sample), folded at the end: merging is exact.
class MovingAverage : public Observer {
 public:
  explicit MovingAverage(double momentum) : momentum_(static_cast<float>(momentum)) {}

 protected:
  void add(std::span<const float>, Range extremes) override { samples_.push_back(extremes); }

  void add_later(const Observer& later) override {
    const auto& samples = static_cast<const MovingAverage&>(later).samples_;
    samples_.insert(samples_.end(), samples.begin(), samples.end());
  }

  void write_own(ByteWriter& out) const override {
    out.put_varint(samples_.size());
    for (const Range& sample : samples_) write_range(sample, out);
  }

  void read_own(ByteReader& in) override {
    samples_.resize(in.take_count(sizeof(Range)));
    for (Range& sample : samples_) sample = read_range(in);
    if (samples_.empty() == has_extremes() || std::ssize(samples_) > count()) in.fail();
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
  float momentum_;
  std::vector<Range> samples_;
};

}  // namespace

std::unique_ptr<Observer> make_moving_average(const Recipe& recipe) {
  return std::make_unique<MovingAverage>(recipe.momentum);
}

}  // namespace octavo
