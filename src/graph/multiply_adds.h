// How much work a product is.
#pragma once

#include "graph/graph.h"

namespace octavo {

// Multiply-adds of a run of Conv, ConvTranspose, Gemm, MatMul and what lowering makes of them; 0 of
// other operators, and where shapes are not known. Each element of the output is the sum of so many
// products (each of the input of ConvTranspose goes into as many).
int64_t multiply_adds(const Graph& graph, const Node& node);

}  // namespace octavo
