#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/double_log.h"
#include "quant/observers/magnitudes.h"
#include "quant/observers/observers.h"

namespace octavo {
namespace {

// Clips a normal distribution for eight bits at this many deviations where the squared error of
// rounding and cutting is least.
constexpr double kDeviations = 3.92403714;

// ncnn2table's method=aciq (tools/quantize/ncnn2table.cpp; Banner et al., "Post training 4-bit
// quantization of convolutional networks for rapid-deployment", 2019): as if values were normally
// distributed around 0, with the deviation that makes the largest magnitude the expected largest of
// as many values as one sample has.
class Aciq : public Observer {
 protected:
  void add(std::span<const float>, Range) override { ++samples_; }
  void add_later(const Observer& later) override {
    samples_ += static_cast<const Aciq&>(later).samples_;
  }

  void write_own(ByteWriter& out) const override {
    out.put_varint(static_cast<uint64_t>(samples_));
  }

  void read_own(ByteReader& in) override {
    samples_ = take_element_count(in);
    if ((samples_ > 0) != has_extremes() || samples_ > count()) in.fail();
  }

  Range choose() const override {
    const double elements = static_cast<double>(count()) / static_cast<double>(samples_);
    if (elements <= 1) return extremes();
    const double largest = std::max(-extremes().min, extremes().max);
    const double shape = 0.5 * 0.35 * (1 + std::sqrt(std::numbers::pi * double_log(4)));
    const double deviation = 2 * largest * shape / std::sqrt(2 * double_log(elements));
    return within(extremes(), kDeviations * deviation);
  }

 private:
  int64_t samples_ = 0;
};

}  // namespace

std::unique_ptr<Observer> make_aciq(const Recipe&) { return std::make_unique<Aciq>(); }

}  // namespace octavo
