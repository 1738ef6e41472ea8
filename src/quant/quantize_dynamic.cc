//   x -> MatMul(w) -> y
//   x -> DynamicQuantizeLinear -> x_q, x_scale, x_zero_point
//   x_q -> MatMulInteger(w_q, x_zero_point) -> Cast(float) -> Mul(x_scale * w_scale) -> y
// Gemm likewise, with an Add for its bias; one DynamicQuantizeLinear serves all readers of x.
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

class Rewriter {
 public:
  explicit Rewriter(QuantizeState& state)
      : state_(state), graph_(state.graph), quantized_(graph_.value_count()) {}

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
    const Quantized x = quantized(node.inputs[0]);

    graph_.remove_node(id);
    const ValueId y = node.outputs[0];
    const ValueId sum = value('d', DType::kInt32, y), real = value('d', DType::kFloat32, y);
    const ValueId scale = value('s', DType::kFloat32);
    const bool biased = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    const ValueId scaled = biased ? value('d', DType::kFloat32, y) : y;
    const NodeId product = add(Op::kMatMulInteger, {x.integer, w_q, x.zero_point}, {sum});
    graph_.node(product).name = node.name;
    const NodeId cast = add(Op::kCast, {sum}, {real});
    graph_.node(cast).attrs.set("to", int64_t{1});  // TensorProto.FLOAT
    add(Op::kMul, {x.scale, w_scale}, {scale});
    add(Op::kMul, {real, scale}, {scaled});
    if (biased) add(Op::kAdd, {scaled, node.inputs[2]}, {y});
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

  NodeId add(Op op, std::initializer_list<ValueId> inputs, std::initializer_list<ValueId> outputs) {
    Node node;
    node.op = op;
    node.op_type = name_of(op);
    node.inputs = inputs;
    node.outputs = outputs;
    node.name = implied_name(node.op_type, graph_.value(node.outputs[0]).name);
    return graph_.add_node(std::move(node));
  }

  QuantizeState& state_;
  Graph& graph_;
  std::vector<Quantized> quantized_;  // by value of the float graph
};

}  // namespace

Status quantize_dynamic(QuantizeState& state) {
  Rewriter rewriter(state);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (const NodeId id : order) {
    if (!state.is_quantized(id)) continue;
    const Op op = state.graph.node(id).op;
    if (op == Op::kLSTM) OCTAVO_RETURN_IF_ERROR(rewriter.lstm(id));
    if (op == Op::kMatMul || op == Op::kGemm) OCTAVO_RETURN_IF_ERROR(rewriter.product(id));
  }
  return {};
}

}  // namespace octavo
