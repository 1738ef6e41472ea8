// Factors of an equalized or smoothed model in its metadata: "octavo_equalization" is a JSON object
// of the outputs of products, with a letter a channel, "octavo_smoothing" one of what products
// read, with a letter a feature. 'i' is a factor of 1, 'j' of 2, 'h' of 1/2, from 'a' to 'q'.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/corrections/smooth_places.h"

namespace octavo {

// `channels`: factors_of_products(), `features`: features_of_places(). Says nothing of what a model
// has none of.
void note_equalization(const ChannelFactors& channels, const ChannelFactors& features,
                       Model& model);

struct Equalization {
  ValueFactors factors;  // of all values that have them
  std::vector<std::string> warnings;
};

// What the metadata of `quantized` says, which anybody may have written: factors that are not those
// of this float model, or would change its function, are left out with a warning.
Equalization equalization_of(const Model& quantized, const Graph& float_graph);

}  // namespace octavo
