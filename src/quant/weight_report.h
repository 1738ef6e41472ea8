// What a report tells of the weights of layers.
#pragma once

#include <vector>

#include "quant/compare.h"

namespace octavo {

// Fills in the weights of layers that both graphs have a node for, by its name: floats of the one,
// integers behind a DequantizeLinear of the other. Weights are read one layer at a time; kIo and
// the like where they cannot be.
Status describe_weights(const Graph& float_graph, const Graph& quantized,
                        std::vector<LayerError>& layers);

}  // namespace octavo
