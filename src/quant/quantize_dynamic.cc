//   x -> MatMul(w) -> y
//   x -> DynamicQuantizeLinear -> x_q, x_scale, x_zero_point
//   x_q -> MatMulInteger(w_q, x_zero_point) -> Cast(float) -> Mul(x_scale * w_scale) -> y
// Gemm likewise, with an Add for its bias; one DynamicQuantizeLinear serves all readers of x. Conv
// likewise with ConvInteger, whose w_q is uint8 and has the zero point 128, because ONNX Runtime
// runs no other; scales may be by channel all the same.
//   LSTM(x, W, R, ...) -> DynamicQuantizeLSTM(x, W_q, R_q, ..., scales and zero points)
// As onnxruntime's quantize_dynamic writes them. w_q is int8 symmetric, (K, N); W_q and R_q are
// transposed, (directions, inputs, gates).
#include <initializer_list>
#include <vector>

#include "quant/compute_layout.h"
#include "quant/qdq_nodes.h"
#include "quant/round_weights.h"
#include "quant/stages.h"
#include "quant/weight_scales.h"

namespace octavo {
namespace {

// (batch, rows, columns) -> (batch, columns, rows)
Tensor transposed(const Tensor& integers, int64_t batch, const Shape& shape) {
  const std::span<const int8_t> from = integers.values<int8_t>();
  const int64_t columns = shape[shape.rank() - 2], rows = integers.count() / batch / columns;
  std::vector<int8_t> to(from.size());
  for (int64_t b = 0, at = 0; b < batch; ++b) {
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < columns; ++c, ++at) {
        to[static_cast<size_t>((b * columns + c) * rows + r)] = from[static_cast<size_t>(at)];
      }
    }
  }
  return Tensor::from(to, shape);
}

// -128..127 as 0..255
Tensor around_128(const Tensor& integers) {
  std::vector<uint8_t> shifted;
  for (const int8_t value : integers.values<int8_t>()) {
    shifted.push_back(static_cast<uint8_t>(value + 128));
  }
  return Tensor::from(shifted, integers.shape());
}

class Rewriter {
 public:
  explicit Rewriter(QuantizeState& state)
      : state_(state), graph_(state.graph), quantized_(graph_.value_count()) {}

  // MatMul, Gemm
  Status product(NodeId id) {
    const Node node = graph_.node(id);
    const ComputeLayout layout = *compute_layout(graph_, node);
    OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph_, node, node.inputs[1]));
    const QuantParams params =
        scales_of_weights(w, layout.axis, state_.recipe.weights, state_.recipe);
    Tensor integers = round_weights(w, params);
    if (layout.axis == 0) {  // Gemm with transB
      integers = transposed(integers, 1, Shape{w.shape()[1], w.shape()[0]});
    }
    const ValueId w_q = add_integers(node.inputs[1], std::move(integers));
    const ValueId w_scale = add_scale_constants(graph_, params).scale;
    replace(id, Op::kMatMulInteger, {w_q}, w_scale, bias_of(node));
    return {};
  }

  Status conv(NodeId id) {
    const Node node = graph_.node(id);
    OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph_, node, node.inputs[1]));
    const QuantParams params = scales_of_weights(w, 0, state_.recipe.weights, state_.recipe);
    const ValueId w_q = add_integers(node.inputs[1], around_128(round_weights(w, params)));
    const auto scales = static_cast<int64_t>(params.scale.size());
    const int rank = w.shape().rank();
    const ValueId w_scale = by_channel('s', Tensor::from(params.scale, Shape{scales}), rank);
    ValueId bias = bias_of(node);
    if (bias != kNoValue) {
      OCTAVO_ASSIGN_OR_RETURN(const Tensor numbers, finite_constant(graph_, node, bias));
      bias = by_channel('b', numbers, rank);
    }
    if (middle_ == kNoValue) {
      middle_ = graph_.add_constant(short_name(graph_, 'z'), Tensor::scalar(uint8_t{128}));
    }
    graph_.node(replace(id, Op::kConvInteger, {w_q, middle_}, w_scale, bias)).attrs = node.attrs;
    return {};
  }

  Status lstm(NodeId id) {
    Node node = graph_.node(id);
    node.inputs.resize(8, kNoValue);
    for (const size_t weights : {1, 2}) {  // W, R
      OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph_, node, node.inputs[weights]));
      quantize_lstm_weights(node, weights, w);
    }
    graph_.remove_node(id);
    node.op = Op::kDynamicQuantizeLSTM;
    node.op_type = name_of(node.op);
    node.domain = "com.microsoft";
    node.attrs.erase("layout");
    graph_.add_node(std::move(node));
    return {};
  }

 private:
  struct Quantized {
    ValueId integer = kNoValue, scale = kNoValue, zero_point = kNoValue;
  };

  // The integer operator on what input 0 is quantized to, and what makes floats of its sums.
  // `weights` are its second input and, where there is one, its last, their zero point. Returns it.
  NodeId replace(NodeId id, Op op, std::initializer_list<ValueId> weights, ValueId w_scale,
                 ValueId bias) {
    const Node node = graph_.node(id);
    const Quantized x = quantized(node.inputs[0]);
    graph_.remove_node(id);
    const ValueId y = node.outputs[0];
    const ValueId sum = value('d', DType::kInt32, y), real = value('d', DType::kFloat32, y);
    const ValueId scale = value('s', DType::kFloat32);
    const ValueId scaled = bias != kNoValue ? value('d', DType::kFloat32, y) : y;
    std::vector<ValueId> inputs = {x.integer, *weights.begin(), x.zero_point};
    if (weights.size() > 1) inputs.push_back(*(weights.end() - 1));
    const NodeId product = add(op, std::move(inputs), {sum});
    graph_.node(product).name = node.name;
    const NodeId cast = add(Op::kCast, {sum}, {real});
    graph_.node(cast).attrs.set("to", int64_t{1});  // TensorProto.FLOAT
    add(Op::kMul, {x.scale, w_scale}, {scale});
    add(Op::kMul, {real, scale}, {scaled});
    if (bias != kNoValue) add(Op::kAdd, {scaled, bias}, {y});
    return product;
  }

  static ValueId bias_of(const Node& node) {
    return node.inputs.size() > 2 ? node.inputs[2] : kNoValue;
  }

  // A number an output channel, in front of the axes of its pixels.
  ValueId by_channel(char kind, const Tensor& numbers, int rank) {
    std::vector<int64_t> dims(static_cast<size_t>(rank) - 1, 1);
    dims[0] = numbers.count();
    return graph_.add_constant(short_name(graph_, kind), numbers.reshaped(Shape(std::move(dims))));
  }

  // DynamicQuantizeLinear of x, made once.
  Quantized quantized(ValueId x) {
    Quantized& made = quantized_[static_cast<size_t>(x)];
    if (made.integer != kNoValue) return made;
    made = {value('q', DType::kUint8, x), value('s', DType::kFloat32), value('z', DType::kUint8)};
    add(Op::kDynamicQuantizeLinear, {x}, {made.integer, made.scale, made.zero_point});
    return made;
  }

  // (directions, gates, inputs): one scale a gate's row, or one a direction. Scale and zero point
  // go behind the inputs that the node has.
  void quantize_lstm_weights(Node& node, size_t input, const Tensor& w) {
    const int64_t directions = w.shape()[0], gates = w.shape()[1], inputs = w.shape()[2];
    const bool per_row = state_.recipe.weights == Granularity::kPerChannel;
    const int64_t channels = per_row ? directions * gates : directions;
    const Tensor flat = w.reshaped(Shape{channels, w.count() / channels});
    const QuantParams params = scales_of_weights(flat, 0, Granularity::kPerChannel, state_.recipe);
    const Shape shape = per_row ? Shape{directions, gates} : Shape{directions};
    const std::vector<int8_t> zeros(params.scale.size(), 0);
    const Tensor integers =
        transposed(round_weights(flat, params), directions, Shape{directions, inputs, gates});
    node.inputs[input] = add_integers(node.inputs[input], integers);
    node.inputs.push_back(
        graph_.add_constant(short_name(graph_, 's'), Tensor::from(params.scale, shape)));
    node.inputs.push_back(graph_.add_constant(short_name(graph_, 'z'), Tensor::from(zeros, shape)));
  }

  ValueId add_integers(ValueId real, Tensor integers) {
    return graph_.add_constant(graph_.value(real).name + "_q", std::move(integers));
  }

  // A value with the shape of another, or a number.
  ValueId value(char kind, DType dtype, ValueId like = kNoValue) {
    Value made;
    made.name = short_name(graph_, kind);
    made.dtype = dtype;
    if (like != kNoValue) made.shape = graph_.value(like).shape;
    return graph_.add_value(std::move(made));
  }

  NodeId add(Op op, std::vector<ValueId> inputs, std::initializer_list<ValueId> outputs) {
    Node node;
    node.op = op;
    node.op_type = name_of(op);
    node.inputs = std::move(inputs);
    node.outputs = outputs;
    node.name = implied_name(node.op_type, graph_.value(node.outputs[0]).name);
    return graph_.add_node(std::move(node));
  }

  QuantizeState& state_;
  Graph& graph_;
  std::vector<Quantized> quantized_;  // by value of the float graph
  ValueId middle_ = kNoValue;         // 128
};

}  // namespace

Status quantize_dynamic(QuantizeState& state) {
  Rewriter rewriter(state);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (const NodeId id : order) {
    if (!state.is_quantized(id)) continue;
    const Op op = state.graph.node(id).op;
    if (op == Op::kLSTM) OCTAVO_RETURN_IF_ERROR(rewriter.lstm(id));
    if (op == Op::kConv) OCTAVO_RETURN_IF_ERROR(rewriter.conv(id));
    if (op == Op::kMatMul || op == Op::kGemm) OCTAVO_RETURN_IF_ERROR(rewriter.product(id));
  }
  return {};
}

}  // namespace octavo
