// Scales of weights, from the weights alone.
#pragma once

#include "graph/graph.h"
#include "quant/recipe.h"

namespace octavo {

// kModelUnsupported where the constant holds NaN or infinity; names it, the element and the node.
Status check_finite(const Graph& graph, const Node& node, ValueId constant);

// int8 symmetric; one a channel (index of `axis`), or one in all, whose axis is the same.
QuantParams scales_of_weights(const Tensor& weights, int axis, Granularity granularity);

}  // namespace octavo
