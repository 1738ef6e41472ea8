// Weights and bias of one product, chosen so that its outputs are near those of the float model on
// inputs as the quantized model has them.
//
// Rounding each weight to the nearest is not best for their sum: errors of weights whose inputs go
// together should cancel. What AdaRound minimises layer by layer (Nagel et al., "Up or Down?
// Adaptive Rounding for Post-Training Quantization", 2020), |x w - x' w'|^2 over samples, is a
// quadratic form of the integers w'; here it falls by steps of one integer at a time (coordinate
// descent) until none helps. x' holds the errors of the layers before, half of which are so made up
// for too, and the bias takes what is left on average (empirical bias correction; Nagel et al.,
// "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019).
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "quant/corrections/matrix.h"

namespace octavo {

// Inputs of a product, a row for each of its outputs' positions. It is fitted to the first `fit`
// rows and judged by the others; by all where there are no others.
struct ProductRows {
  Matrix exact;  // (rows, k) in the float model
  Matrix
      quantized;  // (rows, k) in the quantized model, as the real numbers that integers stand for
  size_t fit = 0;
};

struct IntegerProduct {
  Matrix weights;            // (k, outputs) of the float model
  std::vector<float> bias;   // (outputs)
  std::vector<float> scale;  // (outputs) of the integers
  std::vector<int32_t> q;    // (k, outputs) as they are, and as they become
  int32_t qmin = -127, qmax = 127;
  std::vector<float> q_bias;  // (outputs) likewise, in reals
  bool has_bias = true;       // without one it stays 0
  // What the output's integers can hold, the work of a folded Relu included: what float and
  // quantized model both have beyond is no error.
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

struct Reconstruction {
  double before = 0, after = 0;  // mean squared errors at the outputs
};

// Keeps whatever has the smallest error: what is there, a new bias, or, where `weights` may change,
// new weights and a new bias. The same for any number of threads. Errors are those of the runtime:
// out of memory.
Result<Reconstruction> reconstruct(const ProductRows& rows, bool weights, int threads,
                                   IntegerProduct& product);

}  // namespace octavo
