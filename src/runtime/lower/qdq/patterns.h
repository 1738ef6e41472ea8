// The patterns of lower_qdq. Each looks at one float node, rewrites it where it fits and says
// whether it did; a node that no pattern takes runs in float between its neighbours.
#pragma once

#include "graph/graph.h"

namespace octavo {

Result<bool> lower_constant(Graph& graph, NodeId node);  // any node with constant inputs
Result<bool> lower_conv(Graph& graph, NodeId node);
Result<bool> lower_gemm(Graph& graph, NodeId node);  // Gemm, MatMul
Result<bool> lower_binary(Graph& graph, NodeId node);
Result<bool> lower_concat(Graph& graph, NodeId node);
Result<bool> lower_pool(Graph& graph, NodeId node);
Result<bool> lower_reduce_mean(Graph& graph, NodeId node);
Result<bool> lower_pad(Graph& graph, NodeId node);
Result<bool> lower_share(Graph& graph, NodeId node);
Result<bool> lower_unary(Graph& graph, NodeId node);
Result<bool> lower_requantize(Graph& graph, NodeId node);

}  // namespace octavo
