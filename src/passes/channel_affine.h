// y = scale * x + shift, a pair for each output channel, drawn into the node that makes x.
#pragma once

#include <optional>

#include "passes/pass.h"

namespace octavo {

struct ChannelAffine {
  std::vector<double> scale;  // empty: all 1
  std::vector<double> shift;  // empty: all 0
};

// Channels that a Conv, ConvTranspose or Gemm with float constants gives; 0 where its weights or
// bias are no such constants (those that come out of a DequantizeLinear stay what they are).
int64_t affine_channels(const Graph& graph, const Node& node);

// W * scale, b * scale + shift. In double, rounded once. Both have affine_channels() entries or
// none. Weights that lie in the file stay there, and are scaled when they are read.
Status apply_affine(Graph& graph, NodeId id, const ChannelAffine& affine);

// BatchNormalization's, of input 0: nullopt where a parameter is not constant or where
// g / sqrt(var + eps) is no number.
std::optional<ChannelAffine> affine_of_batch_normalization(const Graph& graph, const Node& node,
                                                           int64_t channels);

}  // namespace octavo
