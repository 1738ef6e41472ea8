// Weights of 6 bits where ncnn wants them: its int8 Winograd F(4, 3) adds up to four of them before
// it multiplies (tools/quantize/ncnn2table.cpp), which runs for convolutions 3 x 3 of stride 1.
#pragma once

#include "graph/graph.h"

namespace octavo {

// A Conv of one group, kernel 3 x 3, strides and dilations 1.
bool takes_six_bits(const Graph& graph, const Node& node);

// The same magnitudes in -31..31.
void narrow_to_six_bits(QuantParams& weights);

}  // namespace octavo
