// The sizes of an LSTM or GRU, and where its steps and states lie in either layout.
#pragma once

#include "runtime/ops/support.h"

namespace octavo {

// Inputs by their places; GRU ends before kInitialC, LSTM before kWScale.
enum RecurrentInput : size_t {
  kX,
  kW,
  kR,
  kB,
  kLengths,
  kInitialH,
  kInitialC,
  kPeepholes,
  kWScale,
  kWZeroPoint,
  kRScale,
  kRZeroPoint
};

struct RecurrentSizes {
  int64_t steps, batch, input, hidden, directions;
  bool batch_first;

  // Places of a step of x (counted in steps), of one of y, and of a state, in their tensors.
  int64_t step_at(int64_t t, int64_t b) const {
    return batch_first ? b * steps + t : t * batch + b;
  }
  int64_t y_at(int64_t t, int64_t d, int64_t b) const {
    return (batch_first ? (b * steps + t) * directions + d : (t * directions + d) * batch + b) *
           hidden;
  }
  int64_t state_at(int64_t d, int64_t b) const {
    return (batch_first ? b * directions + d : d * batch + b) * hidden;
  }
};

// From the shapes of the inputs; a Status where they do not fit each other. R tells the size of the
// state in its dimension `hidden_axis`.
Result<RecurrentSizes> recurrent_sizes(const RunContext& run, int64_t gates, int64_t directions,
                                       bool batch_first, int hidden_axis);

// Steps of each sequence of the batch.
Result<std::vector<int64_t>> sequence_lengths(const RunContext& run, const RecurrentSizes& s);

}  // namespace octavo
