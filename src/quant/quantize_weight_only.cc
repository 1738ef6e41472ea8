//   Conv(x, w)      becomes   w_q (int8) -> DequantizeLinear -> Conv(x, .)
//   Gather(w, i)    becomes   Gather(w_q, i) -> DequantizeLinear, with a scale a column
// and of 4 bits, whose scales serve blocks of inputs:
//   Conv(x, w)      becomes   w_q (int4, a matrix) -> DequantizeLinear -> Reshape -> Conv(x, .)
//   MatMul(x, w)    becomes   MatMulNBits(x, w_q, scales)      of ONNX Runtime, as is the packing
#include <map>

#include "quant/qdq_nodes.h"
#include "quant/quantize_constant.h"
#include "quant/round_blocks.h"
#include "quant/round_weights.h"
#include "quant/stages.h"
#include "quant/weight_forms.h"
#include "quant/weight_scales.h"

namespace octavo {
namespace {

class Rewriter {
 public:
  explicit Rewriter(QuantizeState& state) : graph_(state.graph), recipe_(state.recipe) {}

  Status rewrite(NodeId id) {
    const Node node = graph_.node(id);
    const std::vector<WeightForm> forms = weight_forms(graph_, node);
    const bool is_packed = is_blocked() && node.op == Op::kMatMul && recipe_.block_size != 0;
    if (is_packed) return pack_product(id, forms[0]);
    if (!is_blocked() && is_plain_gather(node)) return gather_integers(id);
    for (const WeightForm& form : forms) {
      const auto key = std::pair(node.inputs[form.input], form.channel_axis);
      if (made_.count(key) == 0) {
        OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph_, node, key.first));
        made_[key] = is_blocked() ? blocks(key.first, w, form) : channels(key.first, w, form);
      }
      graph_.set_input(id, form.input, made_[key]);
    }
    return {};
  }

 private:
  bool is_blocked() const { return recipe_.weight_bits == 4; }
  int64_t block_of(const WeightForm& form) const {
    return recipe_.block_size != 0 ? recipe_.block_size : form.matrix[form.depth_axis];
  }

  // int8, one scale a channel or in all.
  ValueId channels(ValueId weights, const Tensor& w, const WeightForm& form) {
    const bool own_shape = form.matrix[form.channel_axis] == w.shape()[form.channel_axis];
    const Tensor seen = own_shape ? w : w.reshaped(form.matrix);
    const QuantParams params = scales_of_weights(seen, form.channel_axis, recipe_.weights, recipe_);
    const ValueId real =
        add_quantized_constant(graph_, name_of(weights), round_weights(seen, params), params);
    return reshaped(real, w.shape());
  }

  ValueId blocks(ValueId weights, const Tensor& w, const WeightForm& form) {
    const int64_t block = block_of(form);
    BlockedWeights made = round_blocks(w.reshaped(form.matrix), form.depth_axis, block, form.taps);
    const ValueId q = graph_.add_constant(name_of(weights) + "_q", std::move(made.integers));
    const ValueId scale =
        graph_.add_constant(short_name(graph_, 's'), Tensor::from(made.scale, made.scale_shape));
    Attributes attrs;
    attrs.set("axis", int64_t{form.depth_axis});
    attrs.set("block_size", block);
    const ValueId real = value(short_name(graph_, 'd'), DType::kFloat32, form.matrix);
    add(Op::kDequantizeLinear, {q, scale}, real, std::move(attrs));
    return reshaped(real, w.shape());
  }

  ValueId reshaped(ValueId real, const Shape& shape) {
    if (graph_.value(real).shape == shape) return real;
    const ValueId dims = graph_.add_constant(short_name(graph_, 'n'),
                                             Tensor::from(shape.dims(), Shape{shape.rank()}));
    const ValueId same = value(short_name(graph_, 'w'), DType::kFloat32, shape);
    add(Op::kReshape, {real, dims}, same);
    return same;
  }

  // (K, N) in int4 as (N, blocks, bytes): elements of a column side by side, 8 added, the last
  // block filled up with what is 0.
  Status pack_product(NodeId id, const WeightForm& form) {
    Node node = graph_.node(id);
    OCTAVO_ASSIGN_OR_RETURN(const Tensor w, finite_constant(graph_, node, node.inputs[1]));
    const int64_t block = recipe_.block_size, depth = form.matrix[0], columns = form.matrix[1];
    const int64_t count = blocks_in(depth, block);
    const BlockedWeights made = round_blocks(w, 0, block, form.taps);
    const auto* q = static_cast<const int8_t*>(made.integers.data());
    std::vector<uint8_t> packed(static_cast<size_t>(columns * count * block / 2), 0x88);
    std::vector<float> scales;
    for (int64_t n = 0; n < columns; ++n) {
      for (int64_t k = 0; k < depth; ++k) {
        uint8_t& two = packed[static_cast<size_t>((n * count * block + k) / 2)];
        const auto nibble = static_cast<uint8_t>(q[k * columns + n] + 8);
        two = static_cast<uint8_t>(k % 2 == 0 ? (two & 0xf0) | nibble : (two & 0x0f) | nibble << 4);
      }
      for (int64_t b = 0; b < count; ++b) {
        scales.push_back(made.scale[static_cast<size_t>(b * columns + n)]);
      }
    }
    const std::string name = name_of(node.inputs[1]);
    graph_.remove_node(id);
    node.op = Op::kMatMulNBits;
    node.op_type = octavo::name_of(node.op);
    node.domain = "com.microsoft";
    node.inputs[1] =
        graph_.add_constant(name + "_q", Tensor::from(packed, Shape{columns, count, block / 2}));
    node.inputs.push_back(
        graph_.add_constant(short_name(graph_, 's'), Tensor::from(scales, Shape{columns * count})));
    node.attrs.set("K", depth);
    node.attrs.set("N", columns);
    node.attrs.set("bits", int64_t{4});
    node.attrs.set("block_size", block);
    graph_.add_node(std::move(node));
    return {};
  }

  // Rows of a table, which then need no more than what is read of them dequantized.
  bool is_plain_gather(const Node& node) const {
    return node.op == Op::kGather && node.attrs.get_int("axis", 0) == 0 &&
           graph_.constant(node.inputs[0])->shape().rank() == 2 && node.outputs[0] != kNoValue &&
           graph_.value(node.outputs[0]).shape.has_value();
  }

  Status gather_integers(NodeId id) {
    const Node node = graph_.node(id);
    OCTAVO_ASSIGN_OR_RETURN(const Tensor table, finite_constant(graph_, node, node.inputs[0]));
    QuantParams params = scales_of_weights(table, 1, recipe_.weights, recipe_);
    const ValueId q =
        graph_.add_constant(name_of(node.inputs[0]) + "_q", round_weights(table, params));
    const ValueId y = node.outputs[0];
    const Shape& shape = *graph_.value(y).shape;
    params.axis = shape.rank() - 1;
    const ValueId rows = value(name_of(y) + "_q", params.dtype, shape);
    graph_.value(rows).quant = params;
    graph_.set_input(id, 0, q);
    graph_.set_output(id, 0, rows);
    const ScaleConstants constants = add_scale_constants(graph_, params);
    Attributes attrs;
    if (!params.per_tensor()) attrs.set("axis", int64_t{params.axis});
    add(Op::kDequantizeLinear, {rows, constants.scale, constants.zero_point}, y, std::move(attrs));
    return {};
  }

  std::string name_of(ValueId id) const { return graph_.value(id).name; }

  ValueId value(const std::string& name, DType dtype, const Shape& shape) {
    Value made;
    made.name = name;
    made.dtype = dtype;
    made.shape = shape;
    return graph_.add_value(std::move(made));
  }

  void add(Op op, std::vector<ValueId> inputs, ValueId output, Attributes attrs = {}) {
    Node node;
    node.op = op;
    node.op_type = octavo::name_of(op);
    node.attrs = std::move(attrs);
    node.inputs = std::move(inputs);
    node.outputs = {output};
    node.name = implied_name(node.op_type, name_of(output));
    graph_.add_node(std::move(node));
  }

  Graph& graph_;
  const Recipe& recipe_;
  std::map<std::pair<ValueId, int>, ValueId> made_;  // by weights and their channel axis
};

}  // namespace

Status quantize_weight_only(QuantizeState& state) {
  Rewriter rewriter(state);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, state.graph.topological_order());
  for (const NodeId id : order) {
    if (state.is_quantized(id)) OCTAVO_RETURN_IF_ERROR(rewriter.rewrite(id));
  }
  return {};
}

}  // namespace octavo
