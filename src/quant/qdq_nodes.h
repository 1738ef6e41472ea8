// The two nodes that carry quantization through a float graph.
#pragma once

#include "graph/graph.h"

namespace octavo {

// name -> QuantizeLinear -> name_quantized; both take name_scale and name_zero_point, which are
// made with the first of them. `stem` is the name of the float value that is carried.
struct ScaleConstants {
  ValueId scale = kNoValue;
  ValueId zero_point = kNoValue;  // left out of int32, where ONNX has no other than 0
};
ScaleConstants add_scale_constants(Graph& graph, const std::string& stem,
                                   const QuantParams& params);

// The output has the shape of the input; the integer side keeps `params` as its Value::quant.
ValueId add_quantize_node(Graph& graph, ValueId input, const std::string& stem,
                          const QuantParams& params, const ScaleConstants& constants);
ValueId add_dequantize_node(Graph& graph, ValueId input, const std::string& stem,
                            const std::string& output_name, const ScaleConstants& constants);

}  // namespace octavo
