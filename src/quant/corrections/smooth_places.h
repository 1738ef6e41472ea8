// Where SmoothQuant can act: activations that products alone read, and whose features (the last
// dimension) can be divided by factors where they are made, so that nothing is left to do while
// running.
//
//   LayerNormalization(gamma, beta) -> v -> MatMul(W), ...     v / s:  gamma / s, beta / s,  W * s
//   Mul(gamma) -> Add(beta)         -> v -> ...                likewise; Sub and Div too
//   MatMul(U), Gemm(U, b) -> [Relu] -> v -> ...                U / s, b / s of the outputs
//
// Not where anything else reads v or what lies between (BERT's sums behind its normalizations), nor
// where products share their weights.
#pragma once

#include <string>
#include <vector>

#include "quant/corrections/channel_factors.h"

namespace octavo {

struct SmoothPlace {
  struct Input {
    NodeId node;
    size_t index;
  };

  std::vector<ValueId> values;    // that are divided; the first is what the products read
  std::vector<Input> divided;     // constants of one element a feature
  std::vector<Input> multiplied;  // likewise: what divides
  NodeId maker = kNoNode;         // a product whose outputs they are
  std::vector<NodeId> readers;    // products: Gemm, and MatMul by a constant matrix
  size_t features = 0;
};

// In the order of the graph's values. `fixed`: names of values that stay as they are.
std::vector<SmoothPlace> find_smooth_places(const Graph& graph,
                                            const std::vector<std::string>& fixed);

// Factors of features by the names of values, as ChannelFactors has them: of the places alone.
ChannelFactors features_of_places(const Graph& graph, const ChannelFactors& features);
// Of all values that are divided. kInvalidArgument where a name is no place of the graph.
Result<ChannelFactors> features_from_places(const Graph& graph, const ChannelFactors& places);

// Constants take the factors of all places in. The function stays the same to the last bit.
void smooth(Graph& graph, const ChannelFactors& features);

// Divides the elements of a value, in the order (..., features).
void divide_features(std::vector<float>& values, const std::vector<int>& exponents);

// All factors of a graph: what comparison divides the float model's values by.
struct ValueFactors {
  ChannelFactors channels;  // of an equalized one
  ChannelFactors features;  // of a smoothed one
};

}  // namespace octavo
