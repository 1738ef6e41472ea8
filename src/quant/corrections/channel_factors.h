// Factors of channels: powers of two, by which the activations of an equalized graph are divided.
// Weights and biases take them in, and the function stays the same to the last bit, as long as no
// Clip cuts off what it did not cut off before.
//
//   y = W x + b   ->   y / f = (W g / f) (x / g) + b / f     f of the channels of y, g of x
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/status.h"
#include "quant/corrections/channel_classes.h"

namespace octavo {

// Exponents of two by the name of the value, one a channel; values without factors are not there.
using ChannelFactors = std::map<std::string, std::vector<int>>;
inline constexpr int kMostExponent = 8;  // -8 is the least

// `exponents`: by class; those of fixed classes are 0.
ChannelFactors factors_of(const Graph& graph, const ChannelClasses& classes,
                          const std::vector<int>& exponents);

// The same from the outputs of products alone. kInvalidArgument where they are not of this graph,
// or would change its function.
Result<ChannelFactors> factors_from_products(const Graph& graph, const ChannelFactors& outputs);
// Those alone.
ChannelFactors factors_of_products(const Graph& graph, const ChannelFactors& factors);

// Weights and biases of all products take the factors in. Weights in files are scaled when they
// are read.
void scale_products(Graph& graph, const ChannelFactors& factors);
// Of one Conv, Gemm or MatMul, with exponents of its inputs' and outputs' channels; none where they
// have none.
void scale_product(Graph& graph, NodeId id, const std::vector<int>& in,
                   const std::vector<int>& out);

// Divides the elements of a value, in the order (N, C, ...), by the factors of its channels.
void divide_channels(std::vector<float>& values, int64_t batch, const std::vector<int>& exponents);

}  // namespace octavo
