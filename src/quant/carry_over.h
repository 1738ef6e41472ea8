// What corrections did, for a graph that was quantized without them.
#pragma once

#include "graph/graph.h"

namespace octavo {

// Integers of weights and biases of products in `to` become those of the product of the same name
// in `from`, where both have the same scales. Both were made of the same float graph.
void carry_over_corrections(const Graph& from, Graph& to);

}  // namespace octavo
