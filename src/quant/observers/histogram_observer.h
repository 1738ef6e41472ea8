// What observers of distributions share: a histogram of all elements is their whole state.
#pragma once

#include <algorithm>

#include "quant/observer.h"
#include "quant/observers/histogram.h"

namespace octavo {

class HistogramObserver : public Observer {
 protected:
  const Histogram& histogram() const { return histogram_; }

 private:
  void add(std::span<const float> values, Range extremes) final {
    histogram_.add(values, std::max(-extremes.min, extremes.max));
  }

  void add_later(const Observer& later) final {
    histogram_.add(static_cast<const HistogramObserver&>(later).histogram_);
  }

  void write_own(ByteWriter& out) const final { histogram_.write(out); }

  void read_own(ByteReader& in) final {
    const int64_t total = histogram_.read(in, count());
    if (all_finite() && total != count()) in.fail();
  }

  Histogram histogram_;
};

}  // namespace octavo
