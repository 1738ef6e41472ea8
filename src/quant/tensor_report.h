// What a report tells of one tensor: how its floats lie, and what of them its integers reach.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graph/quant_params.h"
#include "quant/observers/histogram_observer.h"

namespace octavo {

// Counts of values in bins [from + i * width, from + (i + 1) * width).
struct Bins {
  double from = 0;
  double width = 0;
  std::vector<int64_t> counts;
};

struct TensorReport {
  QuantParams params;         // of the integers
  Range chosen;               // the reals that qmin and qmax stand for; of the widest channel
  Range observed;             // of the float model's values
  double clipped = 0;         // share of them that lie beyond their channel's range, 0..1
  double middle = 0;          // width of what 99.9 % of them lie in, both tails cut alike
  double channel_spread = 1;  // largest magnitude of a channel by that of the least, zeros aside
  Bins histogram;             // of the float model's values
};

// The reals that the integers of a channel reach.
Range reached(const QuantParams& params, size_t channel = 0);

// Values of one tensor as the float model has them, sample by sample. Streams and merges, in any
// order.
class TensorStatistics {
 public:
  // Values of one channel of `params`; those that lie beyond its range by more than half a step,
  // which is what rounding moves them anyway, count as clipped.
  void add(std::span<const float> values, const QuantParams& params, size_t channel = 0);
  void merge(const TensorStatistics& other);

  // Whether there is anything to tell: values, all of them finite.
  bool usable() const { return observer_.range().ok(); }
  TensorReport report(const QuantParams& params) const;

  void write(ByteWriter& out) const;
  void read(ByteReader& in);

 private:
  // Sees extremes and the histogram; chooses nothing.
  class Seen : public HistogramObserver {
   public:
    using HistogramObserver::histogram;

   protected:
    Range choose() const override { return extremes(); }
  };

  Seen observer_;
  int64_t clipped_ = 0;
};

}  // namespace octavo
