#include "quant/quantize_constant.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"
#include "quant/qdq_nodes.h"

namespace octavo {
namespace {

template <typename T>
T quantize_one(float x, float scale, int32_t zero_point, const QuantParams& params) {
  return static_cast<T>(quantize_value(x, scale, zero_point, params.qmin, params.qmax));
}

// Biases go beyond 2^24, where a float skips integers: the same rule in double.
template <>
int32_t quantize_one(float x, float scale, int32_t zero_point, const QuantParams& params) {
  const double q = std::nearbyint(static_cast<double>(x) / scale) + zero_point;
  return static_cast<int32_t>(
      std::clamp(q, static_cast<double>(params.qmin), static_cast<double>(params.qmax)));
}

template <typename T>
Tensor quantize_to(const Tensor& tensor, const QuantParams& params) {
  const Shape& shape = tensor.shape();
  const int64_t inner =
      params.per_tensor() ? tensor.count() : shape.count(params.axis + 1, shape.rank());
  const std::span<const float> values = tensor.values<float>();
  std::vector<T> integers(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t channel = i / static_cast<size_t>(inner) % params.scale.size();
    integers[i] =
        quantize_one<T>(values[i], params.scale[channel], params.zero_point[channel], params);
  }
  return Tensor::from(integers, shape);
}

}  // namespace

Tensor quantize_tensor(const Tensor& tensor, const QuantParams& params) {
  switch (params.dtype) {
    case DType::kInt8:
      return quantize_to<int8_t>(tensor, params);
    case DType::kInt16:
      return quantize_to<int16_t>(tensor, params);
    case DType::kInt32:
      return quantize_to<int32_t>(tensor, params);
    default:
      return quantize_to<uint8_t>(tensor, params);
  }
}

ValueId add_quantized_constant(Graph& graph, const std::string& stem, Tensor integers,
                               const QuantParams& params) {
  const ScaleConstants constants = add_scale_constants(graph, params);
  const ValueId integer = graph.add_constant(stem + "_q", std::move(integers));
  graph.value(integer).quant = params;
  return add_dequantize_node(graph, integer, short_name(graph, 'd'), constants);
}

}  // namespace octavo
