#include "quant/fake_quant.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "graph/ops.h"
#include "runtime/lower/qdq/islands.h"
#include "runtime/plan.h"

namespace octavo {
namespace {

// x -> QuantizeLinear -> DequantizeLinear -> y, both with the same constant scale. Between them
// there may be a Clip of the integers: PyTorch's 7 bits are those up to 127 (reduce_range).
struct Pair {
  NodeId quantize, dequantize;
  NodeId clip;         // or kNoNode
  QuantParams params;  // qmin and qmax are those of the Clip
};

// The integer that bounds a Clip; nullopt where it is known at run time only.
std::optional<int32_t> integer_bound(const Graph& graph, const Node& clip, size_t input,
                                     int32_t absent) {
  if (input >= clip.inputs.size() || clip.inputs[input] == kNoValue) return absent;
  const Tensor* constant = graph.held_constant(clip.inputs[input]);
  const std::vector<int64_t> values = constant ? constant->integers() : std::vector<int64_t>{};
  return values.size() == 1 ? std::optional(static_cast<int32_t>(values[0])) : std::nullopt;
}

// Whether the bounds are known, leave zero as it is, and now are those of the parameters.
bool narrow(const Graph& graph, const Node& clip, QuantParams& params) {
  const auto low = integer_bound(graph, clip, 1, params.qmin);
  const auto high = integer_bound(graph, clip, 2, params.qmax);
  if (!low || !high || graph.is_output(clip.outputs[0])) return false;
  params.qmin = std::max(params.qmin, *low);
  params.qmax = std::min(params.qmax, *high);
  return std::all_of(params.zero_point.begin(), params.zero_point.end(), [&](int32_t zero) {
    return params.qmin <= zero && zero <= params.qmax && params.qmin < params.qmax;
  });
}

std::optional<Pair> pair_of(const Graph& graph, NodeId dequantize) {
  const Node& last = graph.node(dequantize);
  NodeId clip = graph.producer(last.inputs[0]);
  NodeId quantize = clip;
  if (clip != kNoNode && graph.node(clip).op == Op::kClip) {
    quantize = graph.producer(graph.node(clip).inputs[0]);
  } else {
    clip = kNoNode;
  }
  if (quantize == kNoNode || graph.node(quantize).op != Op::kQuantizeLinear) return std::nullopt;
  const Node& first = graph.node(quantize);
  auto from = params_of(graph, first);
  const auto to = params_of(graph, last);
  if (!from || !to || !same_scale(*from, *to) || graph.is_output(first.outputs[0])) {
    return std::nullopt;
  }
  const bool is_constant = graph.is_constant(first.inputs[0]);
  if (!from->per_tensor() && (!is_constant || from->axis != to->axis)) return std::nullopt;
  if (clip != kNoNode && !narrow(graph, graph.node(clip), *from)) return std::nullopt;
  return Pair{quantize, dequantize, clip, *from};
}

// Whether all that read a QuantizeLinear, or its Clip, are the other halves of pairs.
bool is_paired(const Graph& graph, NodeId quantize) {
  const std::vector<NodeId>& readers = graph.consumers(graph.node(quantize).outputs[0]);
  return !readers.empty() && std::all_of(readers.begin(), readers.end(), [&](NodeId id) {
    const Op op = graph.node(id).op;
    const bool is_clip = op == Op::kClip && graph.node(quantize).op == Op::kQuantizeLinear;
    return is_clip ? is_paired(graph, id) : op == Op::kDequantizeLinear && pair_of(graph, id);
  });
}

// The axis of its second input along which this operator has its output channels.
std::optional<int> channel_axis(const Node& node) {
  switch (node.op) {
    case Op::kConv:
      return 0;
    case Op::kConvTranspose:
    case Op::kMatMul:
      return 1;
    case Op::kGemm:
      return node.attrs.get_int("transB", 0) != 0 ? 0 : 1;
    default:
      return std::nullopt;
  }
}

bool swaps_two(const Node& node) {
  return node.op == Op::kTranspose && node.attrs.get_ints("perm") == std::vector<int64_t>{1, 0};
}

// Largest |q - zero_point| of every index of `axis`.
std::vector<double> largest_integers(const Tensor& reals, const QuantParams& params, int axis) {
  const Shape& shape = reals.shape();
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  const auto channels = static_cast<size_t>(shape[axis]);
  std::vector<double> largest(channels);
  const auto values = reals.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    const size_t c = i / inner % channels;
    const double scale = params.scale[params.per_tensor() ? 0 : c];
    largest[c] = std::max(largest[c], std::nearbyint(std::fabs(values[i]) / scale));
  }
  return largest;
}

class Remover {
 public:
  explicit Remover(Graph& graph) : graph_(graph) {}

  Result<FakeQuant> remove_all() {
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph_.topological_order());
    std::vector<NodeId> integers;  // what is left between the floats
    for (const NodeId id : order) {
      if (graph_.node(id).op != Op::kDequantizeLinear) continue;
      const Pair pair = *pair_of(graph_, id);
      if (pair.clip != kNoNode) integers.push_back(pair.clip);
      integers.push_back(pair.quantize);
      if (graph_.is_constant(graph_.node(pair.quantize).inputs[0])) {
        OCTAVO_RETURN_IF_ERROR(remove_from_weights(pair));
      } else {
        remove_from_activation(pair);
      }
    }
    for (const NodeId id : integers) {
      if (!graph_.node(id).removed) graph_.remove_node(id);
    }
    for (const auto& [value, params] : activations_) {
      found_.activations.emplace(graph_.value(value).name, params);
    }
    return std::move(found_);
  }

 private:
  // Pairs on what is quantized already, as behind MaxPool, speak of the same value: the first wins.
  void remove_from_activation(const Pair& pair) {
    const ValueId real = graph_.node(pair.quantize).inputs[0];
    const ValueId same = graph_.node(pair.dequantize).outputs[0];
    Node identity = graph_.node(pair.dequantize);
    graph_.remove_node(pair.dequantize);
    activations_.emplace(real, pair.params);
    if (!graph_.is_output(same)) return graph_.replace_uses(same, real);
    identity.op = Op::kIdentity;  // which keeps the name of the output, until passes see to it
    identity.op_type = name_of(identity.op);
    identity.inputs = {real};
    identity.attrs = {};
    graph_.add_node(std::move(identity));
    activations_.emplace(same, pair.params);
  }

  Status remove_from_weights(const Pair& pair) {
    const Node quantize = graph_.node(pair.quantize), dequantize = graph_.node(pair.dequantize);
    OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> integers,
                            evaluate_node(quantize, graph_.constants(quantize.inputs)));
    if (pair.clip != kNoNode) {
      const Node& clip = graph_.node(pair.clip);
      std::vector<ConstantPtr> bounds = graph_.constants(clip.inputs);
      bounds[0] = share(integers[0]);
      OCTAVO_ASSIGN_OR_RETURN(integers, evaluate_node(clip, bounds));
    }
    std::vector<ConstantPtr> inputs = graph_.constants(dequantize.inputs);
    inputs[0] = share(integers[0]);
    OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> reals, evaluate_node(dequantize, inputs));
    const ValueId output = dequantize.outputs[0];
    graph_.remove_node(pair.dequantize);
    graph_.value(output).constant = share(reals[0]);
    graph_.value(output).shape = reals[0].shape();
    const std::vector<NodeId> readers = graph_.consumers(output);
    for (const NodeId reader : readers) note_weights(reader, reals[0], pair.params, false);
    return {};
  }

  void note_weights(NodeId reader, const Tensor& reals, QuantParams params, bool swapped) {
    const Node& node = graph_.node(reader);
    if (!swapped && swaps_two(node)) {
      const std::vector<NodeId> next = graph_.consumers(node.outputs[0]);
      for (const NodeId id : next) note_weights(id, reals, params, true);
      return;
    }
    const auto axis = channel_axis(node);
    if (!axis || reals.shape().rank() < 2) return;
    const int own_axis = swapped ? 1 - *axis : *axis;
    const auto said = resolve_axis(params.axis, reals.shape().rank());
    if (!params.per_tensor() && said != own_axis) return;
    params.axis = *axis;
    std::vector<double> largest = largest_integers(reals, params, own_axis);
    found_.weights.emplace(node.name, TrainedWeights{std::move(params), std::move(largest)});
  }

  Graph& graph_;
  FakeQuant found_;
  std::map<ValueId, QuantParams> activations_;
};

}  // namespace

bool is_fake_quantized(const Graph& graph) {
  bool any = false;
  for (const NodeId id : graph.live_nodes()) {
    const Node& node = graph.node(id);
    if (!is_of_quantized_models(node.op)) continue;
    if (node.op == Op::kQuantizeLinear ? !is_paired(graph, id)
                                       : node.op != Op::kDequantizeLinear || !pair_of(graph, id)) {
      return false;
    }
    any = true;
  }
  return any;
}

Result<FakeQuant> take_out_fake_quant(Graph& graph) { return Remover(graph).remove_all(); }

Range range_of(const QuantParams& params) {
  const auto real = [&](int32_t q) {
    return params.scale[0] * static_cast<float>(q - params.zero_point[0]);
  };
  return {real(params.qmin), real(params.qmax)};
}

QuantParams scales_now(const TrainedWeights& trained, const Tensor& weights, int axis) {
  const Shape& shape = weights.shape();
  const auto inner = static_cast<size_t>(shape.count(axis + 1, shape.rank()));
  const size_t channels = trained.largest.size();
  std::vector<double> magnitude(channels);
  const auto values = weights.values<float>();
  for (size_t i = 0; i < values.size(); ++i) {
    double& most = magnitude[i / inner % channels];
    most = std::max(most, static_cast<double>(std::fabs(values[i])));
  }
  QuantParams params = trained.params;
  params.axis = axis;
  const auto then = [&](size_t c) {
    return trained.params.scale[trained.params.per_tensor() ? 0 : c];
  };
  std::vector<float> now(channels);
  bool is_same = true;
  for (size_t c = 0; c < channels; ++c) {
    const double scale =
        trained.largest[c] > 0 && magnitude[c] > 0 ? magnitude[c] / trained.largest[c] : then(c);
    constexpr double kRoundings = 1e-5;  // of passes that scale and scale back
    now[c] = std::fabs(scale / then(c) - 1) < kRoundings ? then(c) : static_cast<float>(scale);
    is_same = is_same && now[c] == then(c);
  }
  if (is_same) return params;
  if (params.per_tensor()) params.zero_point.resize(channels, params.zero_point[0]);
  params.scale = std::move(now);
  return params;
}

}  // namespace octavo
