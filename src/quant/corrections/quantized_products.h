// The products of a quantized graph whose integers can be corrected: nobody else reads them.
#pragma once

#include <map>
#include <string>

#include "graph/graph.h"

namespace octavo {

// The constant of integers that stands behind an input; kNoValue where there is none.
ValueId integers_behind(const Graph& graph, const Node& node, size_t input);

struct QuantizedProduct {
  ValueId weights = kNoValue, bias = kNoValue;  // integers; a bias may be missing
  NodeId original = kNoNode;                    // of the float graph
  int axis = 0;                                 // of the outputs in the weights
  int64_t outputs = 0;
};

using QuantizedProducts = std::map<std::string, QuantizedProduct>;  // by name of their node

// `quantized` was made of `exact`.
QuantizedProducts quantized_products(const Graph& exact, const Graph& quantized);

}  // namespace octavo
