//   x (N, C, 1, 1) -> Conv(W, b) -> y
//   x -> Flatten -> Gemm(W, b) -> Unsqueeze -> y
// where y is read in float alone: the classes of MobileNet and its like. The Gemm can give floats
// (see release_tail), the Conv would round the answers to eight bits, and the two best classes of
// one picture in thirty would tie.
#include <algorithm>

#include "quant/stages.h"

namespace octavo {
namespace {

bool is_one_pixel(const std::optional<Shape>& shape) {
  if (!shape || shape->rank() < 3) return false;
  return std::all_of(shape->dims().begin() + 2, shape->dims().end(),
                     [](int64_t size) { return size == 1; });
}

bool is_product_of_one_pixel(const Graph& graph, const Node& node) {
  if (node.op != Op::kConv || node.attrs.get_int("group", 1) != 1) return false;
  const std::vector<int64_t> pads = node.attrs.get_ints("pads");
  const bool padded = std::any_of(pads.begin(), pads.end(), [](int64_t pad) { return pad != 0; });
  return !padded && is_one_pixel(graph.value(node.inputs[0]).shape) &&
         is_one_pixel(graph.value(node.inputs[1]).shape);
}

// A float value like `of`, but of two dimensions.
ValueId add_flat_value(Graph& graph, ValueId of) {
  Value value;
  value.name = graph.value(of).name + "_flat";
  value.dtype = DType::kFloat32;
  if (const auto& shape = graph.value(of).shape) value.shape = Shape{(*shape)[0], (*shape)[1]};
  return graph.add_value(std::move(value));
}

NodeId add_node(Graph& graph, Op op, const std::string& name, std::vector<ValueId> inputs,
                ValueId output) {
  Node node;
  node.op = op;
  node.op_type = name_of(op);
  node.name = name + "_" + node.op_type;
  node.inputs = std::move(inputs);
  node.outputs = {output};
  return graph.add_node(std::move(node));
}

void replace(QuantizeState& state, NodeId id) {
  Graph& graph = state.graph;
  const Node conv = graph.node(id);
  const ValueId x = conv.inputs[0], y = conv.outputs[0];
  const ValueId flat_x = add_flat_value(graph, x), flat_y = add_flat_value(graph, y);
  const Constant& weights = *graph.constant(conv.inputs[1]);
  const Shape matrix{weights.shape()[0], weights.shape()[1]};
  const ValueId flat_weights =
      graph.add_constant(graph.value(conv.inputs[1]).name + "_flat", weights.reshaped(matrix));
  std::vector<int64_t> spatial;
  for (int axis = 2; axis < weights.shape().rank(); ++axis) spatial.push_back(axis);
  const ValueId axes = graph.add_constant(graph.value(y).name + "_axes",
                                          Tensor::from(spatial, Shape{std::ssize(spatial)}));

  const NodeId flatten = add_node(graph, Op::kFlatten, conv.name, {x}, flat_x);
  graph.node(id).op = Op::kGemm;
  graph.node(id).op_type = name_of(Op::kGemm);
  graph.node(id).attrs = {};
  graph.node(id).attrs.set("transB", int64_t{1});
  graph.set_input(id, 0, flat_x);
  graph.set_input(id, 1, flat_weights);
  graph.set_output(id, 0, flat_y);
  add_node(graph, Op::kUnsqueeze, conv.name, {flat_y, axes}, y);
  state.quantized.resize(graph.node_count());
  state.quantized[static_cast<size_t>(flatten)] = true;
}

}  // namespace

Status replace_conv_by_gemm(QuantizeState& state) {
  for (const NodeId id : state.graph.live_nodes()) {
    if (!state.is_quantized(id) || has_quantized_reader(state, id)) continue;
    if (is_product_of_one_pixel(state.graph, state.graph.node(id))) replace(state, id);
  }
  return {};
}

}  // namespace octavo
