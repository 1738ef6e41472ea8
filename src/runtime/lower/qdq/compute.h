// The constants of a lowered convolution or product: 8-bit weights and int32 bias, both by output
// channel.
#pragma once

#include "runtime/lower/qdq/epilogue.h"

namespace octavo {

// Constant 8-bit weights behind a DequantizeLinear: one scale, or one an index of `axis`.
struct QuantizedWeights {
  ConstantPtr constant;
  std::string name;
  QuantParams quant;
};
std::optional<QuantizedWeights> weights_behind(const Graph& graph, ValueId value, int axis);

// A constant bias in reals, whether it is float or int32 behind a DequantizeLinear; zeros where
// there is none; nullopt where it is no constant of one number or one a channel.
std::optional<std::vector<double>> bias_reals(const Graph& graph, ValueId value, size_t channels);

// What is left to the operator when scale and offset of an epilogue move into weights and bias:
//   scale[c] * (sum x * w) + offset[c] = sum x * (scale[c] * w) + offset[c]
// The scale goes into that of the weights, its sign into their integers. False where that cannot
// be: a result that is not finite, or -128 that would have to be 128.
Result<bool> absorb_scale(const std::vector<double>& scale, size_t channels, int axis,
                          QuantizedWeights& weights);

// round(real / (s_x * s_w)), saturated. nullopt where the unit of the bias is no positive number.
std::optional<std::vector<int32_t>> quantize_bias(const std::vector<double>& reals, float x_scale,
                                                  const QuantParams& weights);

ValueId add_weights(Graph& graph, const QuantizedWeights& weights);

}  // namespace octavo
