#include "quant/qdq_nodes.h"

namespace octavo {
namespace {

template <typename T>
Tensor zero_points(const QuantParams& params, const Shape& shape) {
  return Tensor::from(std::vector<T>(params.zero_point.begin(), params.zero_point.end()), shape);
}

Tensor zero_points(const QuantParams& params, const Shape& shape) {
  switch (params.dtype) {
    case DType::kInt8:
      return zero_points<int8_t>(params, shape);
    case DType::kInt32:
      return zero_points<int32_t>(params, shape);
    default:
      return zero_points<uint8_t>(params, shape);
  }
}

Node qdq_node(Op op, const std::string& stem, ValueId input, const ScaleConstants& constants) {
  Node node;
  node.op = op;
  node.op_type = name_of(op);
  node.name = stem + "_" + node.op_type;
  node.inputs = {input, constants.scale};
  if (constants.zero_point != kNoValue) node.inputs.push_back(constants.zero_point);
  return node;
}

}  // namespace

ScaleConstants add_scale_constants(Graph& graph, const std::string& stem,
                                   const QuantParams& params) {
  const auto channels = static_cast<int64_t>(params.scale.size());
  const Shape shape = params.per_tensor() ? Shape{} : Shape{channels};
  ScaleConstants constants;
  constants.scale = graph.add_constant(stem + "_scale", Tensor::from(params.scale, shape));
  if (params.dtype != DType::kInt32) {
    constants.zero_point = graph.add_constant(stem + "_zero_point", zero_points(params, shape));
  }
  return constants;
}

ValueId add_quantize_node(Graph& graph, ValueId input, const std::string& stem,
                          const QuantParams& params, const ScaleConstants& constants) {
  Value output;
  output.name = stem + "_quantized";
  output.dtype = params.dtype;
  output.shape = graph.value(input).shape;
  output.quant = params;
  Node node = qdq_node(Op::kQuantizeLinear, stem, input, constants);
  node.outputs = {graph.add_value(std::move(output))};
  return graph.node(graph.add_node(std::move(node))).outputs[0];
}

ValueId add_dequantize_node(Graph& graph, ValueId input, const std::string& stem,
                            const std::string& output_name, const ScaleConstants& constants) {
  const QuantParams& params = *graph.value(input).quant;
  Node node = qdq_node(Op::kDequantizeLinear, stem, input, constants);
  if (!params.per_tensor()) node.attrs.set("axis", static_cast<int64_t>(params.axis));
  Value output;
  output.name = output_name;
  output.dtype = DType::kFloat32;
  output.shape = graph.value(input).shape;
  node.outputs = {graph.add_value(std::move(output))};
  return graph.node(graph.add_node(std::move(node))).outputs[0];
}

}  // namespace octavo
