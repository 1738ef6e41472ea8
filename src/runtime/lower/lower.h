// Rewrites between a model's graph and what the runtime executes. Each keeps what the graph
// computes and the names of its inputs and outputs; make_plan calls them in this order.
#pragma once

#include "graph/graph.h"

namespace octavo {

// Islands of DequantizeLinear -> op -> QuantizeLinear become integer ops (QLinearConv, ...).
Status lower_qdq(Graph& graph);

// MatMulInteger, Cast, Mul and Add become MatMulIntegerToFloat; so do those of ConvInteger.
Status fuse_integer_products(Graph& graph);

// Relu and Clip move into the op before them, as attributes activation_min and activation_max.
Status fuse_activation(Graph& graph);

// Convolutions, pooling and what lies between them work on (N, H, W, C) values.
Status channels_last(Graph& graph);

}  // namespace octavo
