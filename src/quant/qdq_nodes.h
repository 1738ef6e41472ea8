// The two nodes that carry quantization through a float graph.
#pragma once

#include "graph/graph.h"

namespace octavo {

// A name for what people find by the node that reads it: "s17" a scale, "z18" a zero point, "d19"
// what a DequantizeLinear gives. Exported models have paths of fifty letters for names, and four
// such names a value make files of a few MB a tenth larger.
std::string short_name(const Graph& graph, char kind);

struct ScaleConstants {
  ValueId scale = kNoValue;
  ValueId zero_point = kNoValue;  // left out of int32, where ONNX has no other than 0
};
ScaleConstants add_scale_constants(Graph& graph, const QuantParams& params);

// The output has the shape of the input; the integer side keeps `params` as its Value::quant, and
// is called `stem`_q after the float value that it stands for.
ValueId add_quantize_node(Graph& graph, ValueId input, const std::string& stem,
                          const QuantParams& params, const ScaleConstants& constants);
ValueId add_dequantize_node(Graph& graph, ValueId input, const std::string& output_name,
                            const ScaleConstants& constants);

}  // namespace octavo
