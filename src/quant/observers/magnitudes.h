// Counts of |x|: what methods look at that were made for symmetric quantization.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "quant/observer.h"
#include "quant/observers/histogram.h"

namespace octavo {

// Bin i holds |x| in [i, i + 1) * width; zeros are left out, and so are empty bins at the end.
struct Magnitudes {
  std::vector<double> counts;
  double width = 0;
  double largest = 0;  // the largest |x| itself

  double centre(size_t bin) const { return (static_cast<double>(bin) + 0.5) * width; }
};

Magnitudes magnitudes_of(const Histogram& histogram, Range extremes);

// Counts of bins of one width over those of another, as if values were spread evenly inside of
// each bin. What is beyond the last new bin goes to it.
std::vector<double> rebinned(std::span<const double> counts, double width, double new_width,
                             size_t new_bins);

// What of the extremes a threshold for |x| leaves: -t..t for values of both signs, 0..t behind a
// Relu.
Range within(Range extremes, double threshold);

}  // namespace octavo
