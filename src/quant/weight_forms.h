// Which constants of a node are weights, and where these have their output channels and the inputs
// that a channel sums over.
#pragma once

#include <vector>

#include "graph/graph.h"

namespace octavo {

struct WeightForm {
  size_t input = 1;      // of the node
  Shape matrix;          // as which they are quantized, of the same elements: see weight_forms
  int channel_axis = 0;  // of matrix
  int depth_axis = 1;    // of matrix: blocks of inputs run along it
  int64_t taps = 1;      // neighbours along it that see one input channel
};

// Float constants of Conv, Gemm with transB, Gather, LSTM and GRU as (channels, inputs), those of
// MatMul and Gemm as (inputs, channels), of ConvTranspose in their own shape: (inputs, channels,
// ...). None where the operator is another, or any of its weights is no float constant.
std::vector<WeightForm> weight_forms(const Graph& graph, const Node& node);

}  // namespace octavo
