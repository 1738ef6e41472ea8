// Float constants to integers.
#pragma once

#include "graph/graph.h"

namespace octavo {

// Each element by the scale of its index along params.axis.
Tensor quantize_tensor(const Tensor& tensor, const QuantParams& params);

// Adds a constant of integers and a DequantizeLinear that gives its floats; returns those.
ValueId add_quantized_constant(Graph& graph, const std::string& stem, Tensor integers,
                               const QuantParams& params);

}  // namespace octavo
