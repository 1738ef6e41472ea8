// What observers of distributions share: a histogram of all elements.
#pragma once

#include <algorithm>

#include "quant/observer.h"
#include "quant/observers/histogram.h"

namespace octavo {

class HistogramObserver : public Observer {
 protected:
  const Histogram& histogram() const { return histogram_; }

  void add(std::span<const float> values, Range extremes) override {
    histogram_.add(values, std::max(-extremes.min, extremes.max));
  }

  void add_later(const Observer& later) override {
    histogram_.add(static_cast<const HistogramObserver&>(later).histogram_);
  }

  void write_own(ByteWriter& out) const override { histogram_.write(out); }

  void read_own(ByteReader& in) override {
    const int64_t total = histogram_.read(in, count());
    if (all_finite() && total != count()) in.fail();
  }

 private:
  Histogram histogram_;
};

}  // namespace octavo
