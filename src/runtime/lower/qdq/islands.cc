#include "runtime/lower/qdq/islands.h"

#include <algorithm>
#include <cmath>

#include "base/rounding.h"

namespace octavo {
namespace {

struct Range {
  DType dtype;
  int32_t qmin, qmax;
};
constexpr Range kRanges[] = {
    {DType::kUint8, 0, 255},
    {DType::kInt8, -128, 127},
    {DType::kInt32, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()},
};

bool is_positive(float x) { return x > 0.0f && std::isfinite(x); }

DType integer_dtype(const Graph& graph, const Node& node) {
  return graph.value(node.op == Op::kQuantizeLinear ? node.outputs[0] : node.inputs[0]).dtype;
}

bool is_8bit(const QuantParams& quant) { return quant.dtype != DType::kInt32; }

// NaN and a low limit above the high one are left to the float operator.
bool in_order(const Bounds& bounds) { return bounds.low <= bounds.high; }

}  // namespace

std::optional<QuantParams> params_of(const Graph& graph, const Node& node) {
  const Tensor* scale = graph.held_constant(node.inputs[1]);
  if (!scale || scale->dtype() != DType::kFloat32 || scale->shape().rank() > 1) return std::nullopt;
  if (node.attrs.get_int("block_size", 0) != 0 || scale->count() == 0) return std::nullopt;
  const DType dtype = integer_dtype(graph, node);
  const auto range = std::find_if(std::begin(kRanges), std::end(kRanges),
                                  [&](const Range& r) { return r.dtype == dtype; });
  if (range == std::end(kRanges)) return std::nullopt;

  QuantParams quant;
  quant.scale.assign(scale->values<float>().begin(), scale->values<float>().end());
  if (!std::all_of(quant.scale.begin(), quant.scale.end(), is_positive)) return std::nullopt;
  quant.zero_point.assign(quant.scale.size(), 0);
  if (node.inputs.size() > 2 && node.inputs[2] != kNoValue) {
    const Tensor* zero_point = graph.held_constant(node.inputs[2]);
    if (!zero_point || zero_point->dtype() != dtype) return std::nullopt;
    const std::vector<int64_t> zeros = zero_point->integers();
    if (zeros.size() != quant.scale.size()) return std::nullopt;
    quant.zero_point.assign(zeros.begin(), zeros.end());
  }
  quant.axis = static_cast<int>(node.attrs.get_int("axis", 1));
  quant.dtype = dtype;
  quant.qmin = range->qmin;
  quant.qmax = range->qmax;
  return quant;
}

bool same_scale(const QuantParams& a, const QuantParams& b) {
  return a.scale == b.scale && a.zero_point == b.zero_point && a.dtype == b.dtype;
}

std::optional<Dequantized> behind_dequantize(const Graph& graph, ValueId value) {
  const NodeId producer = value == kNoValue ? kNoNode : graph.producer(value);
  if (producer == kNoNode) return std::nullopt;
  const Node& node = graph.node(producer);
  if (node.op != Op::kDequantizeLinear) return std::nullopt;
  const std::optional<QuantParams> quant = params_of(graph, node);
  if (!quant || !quant->per_tensor() || !is_8bit(*quant)) return std::nullopt;
  const auto& known = graph.value(node.inputs[0]).quant;
  if (known && !same_scale(*known, *quant)) return std::nullopt;
  return Dequantized{node.inputs[0], *quant, producer};
}

std::optional<std::vector<Dequantized>> all_behind_dequantize(const Graph& graph,
                                                              const Node& node) {
  std::vector<Dequantized> found;
  for (const ValueId input : node.inputs) {
    const std::optional<Dequantized> x = behind_dequantize(graph, input);
    if (!x) return std::nullopt;
    found.push_back(*x);
  }
  return found;
}

std::optional<Bounds> bounds_of(const Graph& graph, const Node& node) {
  if (node.op == Op::kRelu) return Bounds{.low = 0.0f};
  if (node.op != Op::kClip) return std::nullopt;
  Bounds bounds;
  float* const limits[] = {&bounds.low, &bounds.high};
  for (size_t i = 1; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == kNoValue) continue;
    const Tensor* limit = graph.held_constant(node.inputs[i]);
    if (!limit || limit->dtype() != DType::kFloat32 || limit->count() != 1) return std::nullopt;
    *limits[i - 1] = limit->values<float>()[0];
  }
  return in_order(bounds) ? std::optional(bounds) : std::nullopt;
}

std::optional<QuantizedEnd> quantized_end(const Graph& graph, ValueId output) {
  QuantizedEnd end;
  Bounds bounds;
  for (end.value = output;; end.value = graph.node(end.clamps.back()).outputs[0]) {
    const NodeId next = graph.only_consumer(end.value);
    if (next == kNoNode) return std::nullopt;
    const Node& node = graph.node(next);
    if (node.op == Op::kQuantizeLinear && node.inputs[0] == end.value) {
      end.quantize = next;
      break;
    }
    const std::optional<Bounds> clamp = bounds_of(graph, node);
    if (!clamp) return std::nullopt;
    bounds.low = std::clamp(bounds.low, clamp->low, clamp->high);
    bounds.high = std::clamp(bounds.high, clamp->low, clamp->high);
    end.clamps.push_back(next);
  }
  const std::optional<QuantParams> quant = params_of(graph, graph.node(end.quantize));
  if (!quant || !quant->per_tensor() || !is_8bit(*quant)) return std::nullopt;
  end.quant = *quant;
  // Quantizing is monotone: clamping integers to the quantized limits is clamping before it.
  const auto quantized = [&](float limit) {
    return quantize_value(limit, quant->scale[0], quant->zero_point[0], quant->qmin, quant->qmax);
  };
  end.quant.qmin = quantized(bounds.low);
  end.quant.qmax = quantized(bounds.high);
  return end;
}

void make_8bit(Graph& graph, const QuantizedEnd& end) {
  const ValueId integer = graph.node(end.quantize).outputs[0];
  graph.remove_node(end.quantize);
  for (const NodeId clamp : end.clamps) graph.remove_node(clamp);
  Value& value = graph.value(end.value);
  value.dtype = end.quant.dtype;
  value.quant = end.quant;
  graph.replace_uses(integer, end.value);
}

NodeId replace_node(Graph& graph, NodeId node, Op op, std::vector<ValueId> inputs,
                    std::vector<ValueId> outputs) {
  Node lowered = graph.node(node);
  graph.remove_node(node);
  lowered.op = op;
  lowered.op_type = name_of(op);
  lowered.domain.clear();
  lowered.inputs = std::move(inputs);
  lowered.outputs = std::move(outputs);
  return graph.add_node(std::move(lowered));
}

ValueId add_8bit_value(Graph& graph, ValueId beside, const QuantParams& quant) {
  Value value;
  value.name = graph.value(beside).name + "_q";
  value.dtype = quant.dtype;
  value.shape = graph.value(beside).shape;
  value.quant = quant;
  return graph.add_value(std::move(value));
}

void annotate(Graph& graph, const Dequantized& x) {
  auto& quant = graph.value(x.value).quant;
  if (!quant || !same_scale(*quant, x.quant)) quant = x.quant;
}

}  // namespace octavo
