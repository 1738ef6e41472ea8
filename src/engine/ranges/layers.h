// What ncnn's tables call layers, in a graph.
#pragma once

#include "graph/graph.h"

namespace octavo {

constexpr double kWeightSteps = 127;  // integers on each side of zero

// The operators that ncnn2int8 quantizes by a table: Convolution, ConvolutionDepthWise and
// InnerProduct, which a MatMul of constant weights is, too.
bool is_layer(const Graph& graph, const Node& node);

const std::string& layer_name(const Graph& graph, const Node& node);  // or that of its output

}  // namespace octavo
