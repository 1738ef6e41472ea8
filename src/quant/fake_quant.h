// Models that were trained for quantization: QuantizeLinear and DequantizeLinear in pairs around
// float weights and activations, as PyTorch and TensorFlow export them, some with a Clip of the
// integers between them. The pairs say how training quantized, and that wins over every observer.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/observer.h"

namespace octavo {

// Weights that training rounded. Passes scale the channels of a convolution, so the scale of a
// channel is known by the largest of its integers.
struct TrainedWeights {
  QuantParams params;           // of dtype's whole range; axis is that of output channels
  std::vector<double> largest;  // |q - zero_point|, one a channel or one in all
};

struct FakeQuant {
  std::map<std::string, QuantParams> activations;  // by the float value; per tensor
  std::map<std::string, TrainedWeights> weights;   // by the node that multiplies by them
};

// Whether every quantized operator of the graph is part of such a pair, and there is one.
bool is_fake_quantized(const Graph& graph);

// Takes all pairs out of such a graph: activations become float as they were, weights the floats
// that training saw. Errors are those of reading weights.
Result<FakeQuant> take_out_fake_quant(Graph& graph);

// What an activation with these parameters can hold.
Range range_of(const QuantParams& params);

// The parameters of a node's weights as they are now: trained ones, with the scales that its
// channels have by now.
QuantParams scales_now(const TrainedWeights& trained, const Tensor& weights, int axis);

}  // namespace octavo
