//   DQ(x), DQ(w)[, b] -> Conv [-> scale and shift] [-> Relu | Clip] -> Q
//   QLinearConv(x, w, b)
//
//   DQ(x), DQ(w)[, b] -> Gemm | MatMul [-> scale and shift] [-> Relu | Clip] -> Q
//   QLinearGemm(x, w, b)                  the same with float output where no Q follows
//
// w is constant, with one scale or one an output channel; b is constant, float or behind a
// DequantizeLinear, and becomes int32 in units of s_x * s_w. Scale and shift are constants by
// channel: what training for quantization leaves of a BatchNormalization.
//
// Not where someone else reads the float result of a Conv, where weights are computed, or in 3
// spatial dimensions.
#include "runtime/lower/qdq/compute.h"
#include "runtime/lower/qdq/patterns.h"

namespace octavo {
namespace {

// Where a node has what; the rest is the same for all.
struct Compute {
  Op lowered;
  int weight_axis;   // output channels in w
  int rank;          // of the output
  int channel_axis;  // output channels in it
  double alpha = 1.0, beta = 1.0;
  bool may_stay_float;  // the output, where no QuantizeLinear follows
};

struct Constants {
  QuantizedWeights weights;
  std::vector<int32_t> bias;
  bool has_bias;
};

ValueId bias_input(const Node& node) { return node.inputs.size() > 2 ? node.inputs[2] : kNoValue; }

size_t channels_of(const QuantizedWeights& weights, const Compute& compute) {
  return static_cast<size_t>(weights.constant->shape()[compute.weight_axis]);
}

// Weights and bias with the epilogue, alpha and beta in them.
Result<std::optional<Constants>> constants_of(const Graph& graph, const Node& node,
                                              const Compute& compute, const Epilogue& epilogue,
                                              QuantizedWeights weights, float x_scale) {
  const size_t channels = channels_of(weights, compute);
  auto reals = bias_reals(graph, bias_input(node), channels);
  if (!reals) return {std::nullopt};
  std::vector<double> scale = epilogue.scale;
  for (size_t c = 0; c < channels; ++c) {
    (*reals)[c] = (*reals)[c] * compute.beta * epilogue.scale[c] + epilogue.offset[c];
    scale[c] *= compute.alpha;
  }
  OCTAVO_ASSIGN_OR_RETURN(const bool absorbed,
                          absorb_scale(scale, channels, compute.weight_axis, weights));
  if (!absorbed) return {std::nullopt};
  auto bias = quantize_bias(*reals, x_scale, weights.quant);
  if (!bias) return {std::nullopt};
  const bool has_bias = bias_input(node) != kNoValue || !epilogue.absorbed.empty();
  return {Constants{std::move(weights), *std::move(bias), has_bias}};
}

void rewrite(Graph& graph, NodeId id, const Compute& compute, const Dequantized& x,
             const Constants& constants, ValueId output) {
  annotate(graph, x);
  std::vector<ValueId> inputs = {x.value, add_weights(graph, constants.weights)};
  if (constants.has_bias) {
    const auto channels = static_cast<int64_t>(constants.bias.size());
    inputs.push_back(graph.add_constant(graph.node(id).name + "_bias",
                                        Tensor::from(constants.bias, Shape{channels})));
  }
  replace_node(graph, id, compute.lowered, std::move(inputs), {output});
}

Result<bool> lower_compute(Graph& graph, NodeId id, const Compute& compute) {
  const Node& node = graph.node(id);
  const auto x = behind_dequantize(graph, node.inputs[0]);
  const auto weights = weights_behind(graph, node.inputs[1], compute.weight_axis);
  if (!x || !weights) return false;
  const size_t channels = channels_of(*weights, compute);
  const Epilogue epilogue =
      follow_epilogue(graph, node.outputs[0], channels, compute.channel_axis, compute.rank);
  if (const auto end = quantized_end(graph, epilogue.value)) {
    OCTAVO_ASSIGN_OR_RETURN(const auto constants, constants_of(graph, node, compute, epilogue,
                                                               *weights, x->quant.scale[0]));
    if (!constants) return false;
    for (const NodeId absorbed : epilogue.absorbed) graph.remove_node(absorbed);
    make_8bit(graph, *end);
    rewrite(graph, id, compute, *x, *constants, end->value);
    return true;
  }
  if (!compute.may_stay_float) return false;
  const Epilogue none{
      node.outputs[0], std::vector<double>(channels, 1.0), std::vector<double>(channels, 0.0), {}};
  OCTAVO_ASSIGN_OR_RETURN(const auto constants,
                          constants_of(graph, node, compute, none, *weights, x->quant.scale[0]));
  if (!constants) return false;
  rewrite(graph, id, compute, *x, *constants, node.outputs[0]);
  return true;
}

// Rank of a value; 0 where it is not known.
int rank_of(const Graph& graph, ValueId value) {
  const auto& shape = graph.value(value).shape;
  return shape ? shape->rank() : 0;
}

}  // namespace

Result<bool> lower_conv(Graph& graph, NodeId id) {
  const int rank = rank_of(graph, graph.node(id).outputs[0]);
  if (rank != 3 && rank != 4) return false;
  return lower_compute(graph, id,
                       {.lowered = Op::kQLinearConv,
                        .weight_axis = 0,
                        .rank = rank,
                        .channel_axis = 1,
                        .may_stay_float = false});
}

Result<bool> lower_gemm(Graph& graph, NodeId id) {
  const Node& node = graph.node(id);
  const int rank = rank_of(graph, node.outputs[0]);
  const bool is_matrix = rank_of(graph, node.inputs[1]) == 2;
  if (rank < 2 || !is_matrix || node.attrs.get_int("transA", 0) != 0) return false;
  return lower_compute(graph, id,
                       {.lowered = Op::kQLinearGemm,
                        .weight_axis = node.attrs.get_int("transB", 0) != 0 ? 0 : 1,
                        .rank = rank,
                        .channel_axis = rank - 1,
                        .alpha = static_cast<double>(node.attrs.get_float("alpha", 1.0f)),
                        .beta = static_cast<double>(node.attrs.get_float("beta", 1.0f)),
                        .may_stay_float = true});
}

}  // namespace octavo
