// Scales of weights, from the weights alone.
#pragma once

#include "graph/graph.h"
#include "quant/recipe.h"

namespace octavo {

// Reads a float constant of a node. kModelUnsupported where it holds NaN or infinity; names it, the
// element and the node.
Result<Tensor> finite_constant(const Graph& graph, const Node& node, ValueId constant);

// int8 symmetric, by the recipe's method and bits; one a channel (index of `axis`), or one in all,
// whose axis is the same.
QuantParams scales_of_weights(const Tensor& weights, int axis, Granularity granularity,
                              const Recipe& recipe);

}  // namespace octavo
