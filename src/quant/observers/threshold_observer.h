// What observers share that choose one threshold for |x| from its histogram.
#pragma once

#include <algorithm>

#include "quant/observers/histogram_observer.h"
#include "quant/observers/magnitudes.h"

namespace octavo {

class ThresholdObserver : public HistogramObserver {
 protected:
  // Of magnitudes that fill more than one bin. Where they fill one alone (constants, masks) there
  // is nothing to choose, and the extremes are the range: the methods would cut all of it.
  virtual double threshold(const Magnitudes& magnitudes) const = 0;

 private:
  Range choose() const final {
    const Magnitudes magnitudes = magnitudes_of(histogram(), extremes());
    const auto filled = [](double count) { return count > 0; };
    if (std::count_if(magnitudes.counts.begin(), magnitudes.counts.end(), filled) < 2) {
      return extremes();
    }
    return within(extremes(), threshold(magnitudes));
  }
};

}  // namespace octavo
