// From a float graph and its ranges to the graph of the int8 model: in QDQ form, or, in the dynamic
// scheme, which wants no ranges, with operators that find them while running.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/ranges.h"
#include "quant/recipe.h"

namespace octavo {

struct NodeSummary {
  std::string name;
  std::string op;
  bool quantized = false;
  std::string reason;  // why it stays in float; for a quantized node a remark, or empty
};

struct QuantizeResult {
  Graph graph;
  std::vector<NodeSummary> nodes;  // of the float graph, in running order
};

// kInvalidArgument where the graph holds operators of quantized models; names the node. Pairs of
// QuantizeLinear and DequantizeLinear around float weights and activations are welcome: see
// quant/fake_quant.h.
Status check_is_float(const Graph& graph);

// Where training left such pairs, their parameters win over `ranges`, which may then be empty.
// Errors of check_is_float; kModelUnsupported where a weight is NaN or infinite, with its node.
Result<QuantizeResult> quantize(const Graph& graph, const Ranges& ranges, const Recipe& recipe);

}  // namespace octavo
