// Factors of an equalized model in its metadata: "octavo_equalization" is a JSON object of the
// outputs of products, with a letter a channel. 'i' is a factor of 1, 'j' of 2, 'h' of 1/2, from
// 'a' to 'q'.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/corrections/channel_factors.h"

namespace octavo {

// `products`: factors_of_products(). Says nothing of a model that has none.
void note_equalization(const ChannelFactors& products, Model& model);

struct Equalization {
  ChannelFactors factors;  // of all values that have them
  std::vector<std::string> warnings;
};

// What the metadata of `quantized` says, which anybody may have written: factors that are not those
// of this float model, or would change its function, are left out with a warning.
Equalization equalization_of(const Model& quantized, const Graph& float_graph);

}  // namespace octavo
