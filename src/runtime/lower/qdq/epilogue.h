// What a convolution's or product's float output goes through before it is quantized, as far as the
// integer operator can do it itself: y = clamp(acc * scale[c] + offset[c]).
#pragma once

#include "runtime/lower/qdq/islands.h"

namespace octavo {

struct Epilogue {
  ValueId value = kNoValue;      // the float output of the last absorbed node
  std::vector<double> scale;     // [channels]
  std::vector<double> offset;    // [channels]
  std::vector<NodeId> absorbed;  // Add, Sub, Mul, Div, BatchNormalization with constants
};

// Follows `output` as long as one node alone reads it and scales or shifts each channel by a
// constant. `axis` is the channels' place in a value of `rank` dimensions.
Epilogue follow_epilogue(const Graph& graph, ValueId output, size_t channels, int axis, int rank);

}  // namespace octavo
