// Counts of values in bins of one width, a power of two: what observers of distributions keep.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "quant/observers/count_bins.h"

namespace octavo {

// Bins [i * 2^e, (i + 1) * 2^e), -kHalf <= i < kHalf. e is the least that holds the largest
// magnitude seen; it grows by joining pairs of bins. Since floor(floor(x / w) / 2) =
// floor(x / 2w), and scaling by a power of two is exact, the counts depend on the values alone: not
// on their order, nor on how they were split over merged histograms.
class Histogram {
 public:
  static constexpr int kHalfBits = kBinBits;
  static constexpr int64_t kHalf = kHalfBins;  // bins on each side of zero

  Histogram();

  void add(std::span<const float> values, float largest_magnitude);
  void add(const Histogram& other);

  // Bins that hold anything, as steps from the one before.
  void write(ByteWriter& out) const;
  // Of no more than `most` values; returns how many there are.
  int64_t read(ByteReader& in, int64_t most);

  // The x below which `wanted` values lie, as if values were spread evenly inside of each bin.
  double quantile(double wanted) const;

  double width() const;                     // of a bin
  int64_t zeros() const { return zeros_; }  // of those in bin 0
  // [2 * kHalf]; bin i begins at (i - kHalf) * width().
  std::span<const int64_t> counts() const { return std::span(counts_).first(kBins); }

 private:
  static constexpr size_t kBins = 2 * kHalf;

  void coarsen_to(int exponent);

  int exponent_;
  int64_t zeros_ = 0;
  std::vector<int64_t> counts_;  // and lanes of count_bins, 0 between calls
};

}  // namespace octavo
