#include "runtime/lower/qdq/compute.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

const Node* dequantize_before(const Graph& graph, ValueId value) {
  const NodeId producer = value == kNoValue ? kNoNode : graph.producer(value);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return nullptr;
  return &graph.node(producer);
}

// One real a channel: `read(i)` gives the i-th of `count`.
template <typename Read>
std::optional<std::vector<double>> spread(int64_t count, size_t channels, Read read) {
  if (count != 1 && count != static_cast<int64_t>(channels)) return std::nullopt;
  std::vector<double> reals;
  for (size_t c = 0; c < channels; ++c) reals.push_back(read(count == 1 ? 0 : c));
  return reals;
}

// The integers w of some channels become 2 * zero_point - w (the opposite) or zero_point (nothing).
Result<bool> change_signs(const std::vector<double>& scale, int axis, QuantizedWeights& weights) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor tensor, weights.constant->read());
  const Shape& shape = tensor.shape();
  const bool is_signed = tensor.dtype() == DType::kInt8;
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  const auto* bytes = static_cast<const uint8_t*>(tensor.data());
  std::vector<std::byte> changed(tensor.buffer().size());
  for (size_t i = 0; i < changed.size(); ++i) {
    const size_t channel = i / inner % scale.size();
    const int32_t zero_point = weights.quant.zero_point[channel];
    int32_t q = is_signed ? static_cast<int8_t>(bytes[i]) : bytes[i];
    if (scale[channel] < 0.0) q = 2 * zero_point - q;
    if (scale[channel] == 0.0) q = zero_point;
    if (q < weights.quant.qmin || q > weights.quant.qmax) return false;
    changed[i] = static_cast<std::byte>(q);
  }
  weights.constant = share(Tensor(tensor.dtype(), shape, Buffer::adopt(std::move(changed))));
  return true;
}

}  // namespace

std::optional<QuantizedWeights> weights_behind(const Graph& graph, ValueId value, int axis) {
  const Node* node = dequantize_before(graph, value);
  if (!node || !graph.is_constant(node->inputs[0])) return std::nullopt;
  const Value& integers = graph.value(node->inputs[0]);
  std::optional<QuantParams> quant = params_of(graph, *node);
  if (!quant || quant->dtype == DType::kInt32) return std::nullopt;
  const Shape& shape = integers.constant->shape();
  if (axis >= shape.rank() || shape.count() == 0) return std::nullopt;
  if (!quant->per_tensor()) {
    if (resolve_axis(quant->axis, shape.rank()) != axis) return std::nullopt;
    if (shape[axis] != static_cast<int64_t>(quant->scale.size())) return std::nullopt;
    quant->axis = axis;
  }
  return QuantizedWeights{integers.constant, integers.name, *std::move(quant)};
}

std::optional<std::vector<double>> bias_reals(const Graph& graph, ValueId value, size_t channels) {
  if (value == kNoValue) return std::vector<double>(channels, 0.0);
  if (const Tensor* bias = graph.held_constant(value)) {
    if (bias->dtype() != DType::kFloat32) return std::nullopt;
    const Shape& shape = bias->shape();
    if (shape.rank() > 0 && shape[shape.rank() - 1] != shape.count()) return std::nullopt;
    return spread(bias->count(), channels, [&](size_t c) { return bias->values<float>()[c]; });
  }
  const Node* node = dequantize_before(graph, value);
  const Tensor* bias = node ? graph.held_constant(node->inputs[0]) : nullptr;
  const auto quant = node ? params_of(graph, *node) : std::nullopt;
  if (!bias || !quant || bias->shape().rank() > 1) return std::nullopt;
  if (!quant->per_tensor() && quant->scale.size() != channels) return std::nullopt;
  const std::vector<int64_t> integers = bias->integers();
  return spread(bias->count(), channels, [&](size_t c) {
    const size_t s = quant->per_tensor() ? 0 : c;
    return static_cast<double>(integers[c] - quant->zero_point[s]) *
           static_cast<double>(quant->scale[s]);
  });
}

Result<bool> absorb_scale(const std::vector<double>& scale, size_t channels, int axis,
                          QuantizedWeights& weights) {
  if (std::all_of(scale.begin(), scale.end(), [](double s) { return s == 1.0; })) return true;
  QuantParams& quant = weights.quant;
  if (quant.per_tensor()) {
    quant.scale.resize(channels, quant.scale[0]);
    quant.zero_point.resize(channels, quant.zero_point[0]);
    quant.axis = axis;
  }
  for (size_t c = 0; c < channels; ++c) {
    if (scale[c] == 0.0) continue;  // its weights become nothing, under the old scale
    quant.scale[c] = static_cast<float>(static_cast<double>(quant.scale[c]) * std::fabs(scale[c]));
    if (!(quant.scale[c] > 0.0f) || !std::isfinite(quant.scale[c])) return false;
  }
  const bool all_positive =
      std::all_of(scale.begin(), scale.end(), [](double s) { return s > 0.0; });
  if (all_positive) return true;
  return change_signs(scale, axis, weights);
}

std::optional<std::vector<int32_t>> quantize_bias(const std::vector<double>& reals, float x_scale,
                                                  const QuantParams& weights) {
  std::vector<int32_t> integers;
  for (size_t c = 0; c < reals.size(); ++c) {
    const float unit = x_scale * weights.scale[weights.per_tensor() ? 0 : c];
    const double q = std::nearbyint(reals[c] / static_cast<double>(unit));
    if (!(unit > 0.0f) || !std::isfinite(unit) || std::isnan(q)) return std::nullopt;
    integers.push_back(static_cast<int32_t>(std::clamp(q, -2147483648.0, 2147483647.0)));
  }
  return integers;
}

ValueId add_weights(Graph& graph, const QuantizedWeights& weights) {
  Value value;
  value.name = weights.name;  // made unique: the same weights may serve several nodes
  value.dtype = weights.constant->dtype();
  value.shape = weights.constant->shape();
  value.constant = weights.constant;
  value.quant = weights.quant;
  return graph.add_value(std::move(value));
}

}  // namespace octavo
