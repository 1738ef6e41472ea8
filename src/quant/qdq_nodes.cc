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
    case DType::kInt16:
      return zero_points<int16_t>(params, shape);
    case DType::kInt32:
      return zero_points<int32_t>(params, shape);
    default:
      return zero_points<uint8_t>(params, shape);
  }
}

ValueId add_qdq_node(Graph& graph, Op op, ValueId input, const ScaleConstants& constants,
                     Value output, Attributes attrs = {}) {
  Node node;
  node.op = op;
  node.op_type = name_of(op);
  node.attrs = std::move(attrs);
  node.inputs = {input, constants.scale};
  if (constants.zero_point != kNoValue) node.inputs.push_back(constants.zero_point);
  node.outputs = {graph.add_value(std::move(output))};
  node.name = implied_name(node.op_type, graph.value(node.outputs[0]).name);
  return graph.node(graph.add_node(std::move(node))).outputs[0];
}

}  // namespace

std::string short_name(const Graph& graph, char kind) {
  return kind + std::to_string(graph.value_count());
}

ScaleConstants add_scale_constants(Graph& graph, const QuantParams& params) {
  const auto channels = static_cast<int64_t>(params.scale.size());
  const Shape shape = params.per_tensor() ? Shape{} : Shape{channels};
  ScaleConstants constants;
  constants.scale = graph.add_constant(short_name(graph, 's'), Tensor::from(params.scale, shape));
  if (params.dtype != DType::kInt32) {
    constants.zero_point = graph.add_constant(short_name(graph, 'z'), zero_points(params, shape));
  }
  return constants;
}

ValueId add_quantize_node(Graph& graph, ValueId input, const std::string& stem,
                          const QuantParams& params, const ScaleConstants& constants) {
  Value output;
  output.name = stem + "_q";
  output.dtype = params.dtype;
  output.shape = graph.value(input).shape;
  output.quant = params;
  return add_qdq_node(graph, Op::kQuantizeLinear, input, constants, std::move(output));
}

ValueId add_dequantize_node(Graph& graph, ValueId input, const std::string& output_name,
                            const ScaleConstants& constants) {
  const QuantParams& params = *graph.value(input).quant;
  Attributes attrs;
  if (!params.per_tensor()) attrs.set("axis", static_cast<int64_t>(params.axis));
  Value output;
  output.name = output_name;
  output.dtype = DType::kFloat32;
  output.shape = graph.value(input).shape;
  return add_qdq_node(graph, Op::kDequantizeLinear, input, constants, std::move(output),
                      std::move(attrs));
}

}  // namespace octavo
