//   x -> MatMul(w) -> y
//   x -> DynamicQuantizeLinear -> x_q, x_scale, x_zero_point
//   x_q -> MatMulInteger(w_q, x_zero_point) -> Cast(float) -> Mul(x_scale * w_scale) -> y
// Gemm likewise, with an Add for its bias; one DynamicQuantizeLinear serves all readers of x.
//   LSTM(x, W, R, ...) -> DynamicQuantizeLSTM(x, W_q, R_q, ..., scales and zero points)
// As onnxruntime's quantize_dynamic writes them. w_q is int8 symmetric, (K, N); W_q and R_q are
// transposed, (directions, inputs, gates).
#include <array>
#include <map>

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
  explicit Rewriter(QuantizeState& state) : state_(state), graph_(state.graph) {}

  Status product(NodeId id) {
    const Node node = graph_.node(id);
    const ComputeLayout layout = *compute_layout(graph_, node);
    OCTAVO_RETURN_IF_ERROR(check_finite(graph_, node, node.inputs[1]));
    const Tensor& w = *graph_.constant(node.inputs[1]);
    const QuantParams params = scales_of_weights(w, layout.axis, state_.recipe.weights);
    Tensor integers = round_weights(w, params);
    if (layout.axis == 0) {  // Gemm with transB
      integers = transposed(integers, 1, Shape{w.shape()[1], w.shape()[0]});
    }
    const ValueId w_q =
        graph_.add_constant(graph_.value(node.inputs[1]).name + "_q", std::move(integers));
    const ValueId w_scale = add_scale_constants(graph_, params).scale;
    const Quantized x = quantized(node.inputs[0]);

    graph_.remove_node(id);
    const ValueId y = node.outputs[0];
    const bool biased = node.inputs.size() > 2 && node.inputs[2] != kNoValue;
    const ValueId sum = add(Op::kMatMulInteger, {x.integer, w_q, x.zero_point},
                            value_like(y, DType::kInt32), {}, node.name);
    const ValueId real = add(Op::kCast, {sum}, value_like(y, DType::kFloat32), cast_to_float());
    Value scale;
    scale.name = short_name(graph_, 's');
    scale.dtype = DType::kFloat32;
    const ValueId both = add(Op::kMul, {x.scale, w_scale}, std::move(scale));
    if (!biased) {
      add(Op::kMul, {real, both}, y);
    } else {
      const ValueId unbiased = add(Op::kMul, {real, both}, value_like(y, DType::kFloat32));
      add(Op::kAdd, {unbiased, node.inputs[2]}, y);
    }
    return {};
  }

  Status lstm(NodeId id) {
    std::array<std::array<ValueId, 3>, 2> weights{};  // of W, R: integers, scale, zero point
    for (const size_t i : {0, 1}) {
      OCTAVO_RETURN_IF_ERROR(check_finite(graph_, graph_.node(id), graph_.node(id).inputs[i + 1]));
      weights[i] = lstm_weights(graph_.node(id).inputs[i + 1]);
    }
    Node node = graph_.node(id);
    graph_.remove_node(id);
    node.inputs.resize(8, kNoValue);
    for (const size_t i : {0, 1}) {
      node.inputs[i + 1] = weights[i][0];
      node.inputs.insert(node.inputs.end(), {weights[i][1], weights[i][2]});
    }
    node.op = Op::kDynamicQuantizeLSTM;
    node.op_type = name_of(node.op);
    node.domain = "com.microsoft";
    node.attrs.erase("layout");
    graph_.add_node(std::move(node));
    return {};
  }

 private:
  struct Quantized {
    ValueId integer, scale, zero_point;
  };

  // DynamicQuantizeLinear of x, made once.
  Quantized quantized(ValueId x) {
    if (const auto known = quantized_.find(x); known != quantized_.end()) return known->second;
    Value integer, scale, zero_point;
    integer.name = graph_.value(x).name + "_q";
    integer.dtype = DType::kUint8;
    integer.shape = graph_.value(x).shape;
    scale.dtype = DType::kFloat32;
    zero_point.dtype = DType::kUint8;
    scale.shape = zero_point.shape = Shape{};
    Node node;
    node.op = Op::kDynamicQuantizeLinear;
    node.op_type = name_of(node.op);
    node.inputs = {x};
    node.outputs = {graph_.add_value(std::move(integer))};
    scale.name = short_name(graph_, 's');
    node.outputs.push_back(graph_.add_value(std::move(scale)));
    zero_point.name = short_name(graph_, 'z');
    node.outputs.push_back(graph_.add_value(std::move(zero_point)));
    node.name = implied_name(node.op_type, graph_.value(node.outputs[0]).name);
    const Quantized made{node.outputs[0], node.outputs[1], node.outputs[2]};
    graph_.add_node(std::move(node));
    return quantized_[x] = made;
  }

  // (directions, gates, inputs): one scale a gate's row, or one a direction.
  std::array<ValueId, 3> lstm_weights(ValueId id) {
    const Tensor& w = *graph_.constant(id);
    const int64_t directions = w.shape()[0], gates = w.shape()[1], inputs = w.shape()[2];
    const bool per_row = state_.recipe.weights == Granularity::kPerChannel;
    const int64_t channels = per_row ? directions * gates : directions;
    const Tensor flat = w.reshaped(Shape{channels, w.count() / channels});
    const QuantParams params = scales_of_weights(flat, 0, Granularity::kPerChannel);
    const Shape shape = per_row ? Shape{directions, gates} : Shape{directions};
    const std::string stem = graph_.value(id).name;
    Tensor integers =
        transposed(round_weights(flat, params), directions, Shape{directions, inputs, gates});
    const ValueId w_q = graph_.add_constant(stem + "_q", std::move(integers));
    const ValueId scale =
        graph_.add_constant(short_name(graph_, 's'), Tensor::from(params.scale, shape));
    const std::vector<int8_t> zeros(params.scale.size(), 0);
    const ValueId zero_point =
        graph_.add_constant(short_name(graph_, 'z'), Tensor::from(zeros, shape));
    return {w_q, scale, zero_point};
  }

  Value value_like(ValueId y, DType dtype) {
    Value value;
    value.name = short_name(graph_, 'd');
    value.dtype = dtype;
    value.shape = graph_.value(y).shape;
    return value;
  }

  static Attributes cast_to_float() {
    Attributes attrs;
    attrs.set("to", int64_t{1});  // TensorProto.FLOAT
    return attrs;
  }

  ValueId add(Op op, std::vector<ValueId> inputs, Value output, Attributes attrs = {},
              const std::string& name = {}) {
    return add(op, std::move(inputs), graph_.add_value(std::move(output)), std::move(attrs), name);
  }
  ValueId add(Op op, std::vector<ValueId> inputs, ValueId output, Attributes attrs = {},
              const std::string& name = {}) {
    Node node;
    node.op = op;
    node.op_type = name_of(op);
    node.attrs = std::move(attrs);
    node.inputs = std::move(inputs);
    node.outputs = {output};
    node.name = name.empty() ? implied_name(node.op_type, graph_.value(output).name) : name;
    graph_.add_node(std::move(node));
    return output;
  }

  QuantizeState& state_;
  Graph& graph_;
  std::map<ValueId, Quantized> quantized_;
};

}  // namespace

Status quantize_dynamic(QuantizeState& state) {
  Rewriter rewriter(state);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (const NodeId id : order) {
    if (!state.is_quantized(id)) continue;
    const bool is_lstm = state.graph.node(id).op == Op::kLSTM;
    OCTAVO_RETURN_IF_ERROR(is_lstm ? rewriter.lstm(id) : rewriter.product(id));
  }
  return {};
}

}  // namespace octavo
