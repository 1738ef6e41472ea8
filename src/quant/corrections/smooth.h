// SmoothQuant (Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for
// Large Language Models", 2022): features of activations that are much larger than others take the
// steps of all, weights are even. So feature j is divided by
//
//   s_j = max|x_j|^alpha / max|W_j|^(1 - alpha)
//
// and the weights that read it take s_j in. Here the factors are powers of two, with a geometric
// mean of 1: so the float model stays the same to the last bit.
#pragma once

#include "quant/corrections/channel_statistics.h"
#include "quant/corrections/smooth_places.h"
#include "quant/recipe.h"

namespace octavo {

// alpha: how much of the difficulty goes from activations into weights. The paper takes 0.5, more
// for models whose activations are worse.
inline constexpr double kSmoothingStrengths[] = {0.4, 0.5, 0.6, 0.7, 0.8};

struct SmoothedPlace {
  std::string name;              // of the node before
  double before = 0, after = 0;  // expected mean squared error at the products' outputs
};

struct Smoothing {
  ChannelFactors features;  // of all values that are divided
  std::vector<SmoothedPlace> places;
};

// `seen`: of the last dimension. A place whose error is not expected to fall stays as it is: the
// error of each x is step^2 / 12, that of each weight likewise, independent of each other. kIo and
// the like where weights cannot be read.
Result<Smoothing> smoothing(const Graph& graph, const std::vector<SmoothPlace>& places,
                            const ActivationStatistics& seen, double alpha, const Recipe& recipe);

}  // namespace octavo
