// Where the weights of Conv, ConvTranspose, Gemm and MatMul have their output channels.
#pragma once

#include <optional>

#include "graph/graph.h"

namespace octavo {

struct ComputeLayout {
  int axis = 0;          // of the weights (input 1): the one per-channel scales run along
  int64_t channels = 0;  // its length
  int64_t outputs = 0;   // elements of a bias; channel of output o is o % channels
};

// The axis of weights of this rank that output channels run along; none where the operator has no
// such weights.
std::optional<int> channel_axis(const Node& node, int rank);

// None where the weights are not a float constant of a rank that the operator allows.
std::optional<ComputeLayout> compute_layout(const Graph& graph, const Node& node);

}  // namespace octavo
