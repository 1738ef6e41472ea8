#include "runtime/lower/layout_rules.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace octavo {
namespace {

bool all_images(const LayoutTwins& twins, const std::vector<ValueId>& ids) {
  return std::all_of(ids.begin(), ids.end(),
                     [&](ValueId id) { return id == kNoValue || twins.is_image(id); });
}

void make_outputs_last(Graph& graph, LayoutTwins& twins, NodeId id) {
  for (size_t i = 0; i < graph.node(id).outputs.size(); ++i) twins.make_output_last(id, i);
}

// The first input and all outputs change; other inputs are weights, sizes and the like.
bool convert_data(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  if (!twins.is_image(node.inputs[0]) || !all_images(twins, node.outputs)) return false;
  graph.set_input(id, 0, twins.last(node.inputs[0]));
  make_outputs_last(graph, twins, id);
  return true;
}

// Convolutions and pools: made for it.
bool window(Graph& graph, LayoutTwins& twins, NodeId id) {
  if (!convert_data(graph, twins, id)) return false;
  graph.node(id).attrs.set("channels_last", int64_t{1});
  return true;
}

// Its scale and zero point are numbers.
bool dynamic_quantize(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  if (!twins.is_image(node.inputs[0]) || !twins.is_image(node.outputs[0])) return false;
  graph.set_input(id, 0, twins.last(node.inputs[0]));
  twins.make_output_last(id, 0);
  return true;
}

bool is_one_number(const Value& value) {
  return value.shape && value.shape->is_static() && value.shape->count() == 1;
}

bool may_be_last(const Graph& graph, const LayoutTwins& twins, ValueId id) {
  if (id == kNoValue || is_one_number(graph.value(id))) return true;
  if (graph.is_constant(id)) return graph.value(id).shape->rank() <= 4;
  return twins.is_image(id);
}

// One element at a time, from operands that are images, numbers, or constants to be broadcast.
bool elementwise(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  const bool fits = std::all_of(node.inputs.begin(), node.inputs.end(),
                                [&](ValueId v) { return may_be_last(graph, twins, v); });
  if (!fits || !all_images(twins, node.outputs)) return false;
  for (size_t i = 0; i < graph.node(id).inputs.size(); ++i) {
    const ValueId input = graph.node(id).inputs[i];
    if (input == kNoValue || is_one_number(graph.value(input))) continue;
    graph.set_input(id, i, twins.last(input));
  }
  make_outputs_last(graph, twins, id);
  return true;
}

void move_axis(Node& node, int64_t fallback) {
  const int64_t axis = node.attrs.get_int("axis", fallback);
  node.attrs.set("axis", last_axis(axis < 0 ? axis + 4 : axis));
}

template <int fallback>  // the axis where the attribute is absent
bool along_axis(Graph& graph, LayoutTwins& twins, NodeId id) {
  if (graph.node(id).attrs.get_int("block_size", 0) != 0) return false;  // scales shaped like x
  if (!convert_data(graph, twins, id)) return false;
  move_axis(graph.node(id), fallback);
  return true;
}

bool concat(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  if (!all_images(twins, node.inputs) || !all_images(twins, node.outputs)) return false;
  for (size_t i = 0; i < graph.node(id).inputs.size(); ++i) {
    graph.set_input(id, i, twins.last(graph.node(id).inputs[i]));
  }
  make_outputs_last(graph, twins, id);
  move_axis(graph.node(id), 1);
  return true;
}

std::vector<int64_t> last_axes(const std::vector<int64_t>& axes) {
  std::vector<int64_t> moved;
  for (const int64_t axis : axes) moved.push_back(last_axis(axis < 0 ? axis + 4 : axis));
  return moved;
}

// The axes that an input names; all of the first `count` where it is left out, none where it is not
// constant.
std::vector<int64_t> named_axes(const Graph& graph, const Node& node, size_t input, size_t count) {
  if (input < node.inputs.size() && node.inputs[input] != kNoValue) {
    const Tensor* axes = graph.held_constant(node.inputs[input]);
    return axes ? axes->integers() : std::vector<int64_t>{};
  }
  std::vector<int64_t> all(count);
  std::iota(all.begin(), all.end(), int64_t{0});
  return all;
}

void set_axes(Graph& graph, NodeId id, size_t input, const std::vector<int64_t>& axes) {
  const Shape shape{static_cast<int64_t>(axes.size())};
  graph.set_input(id, input, graph.add_constant("axes", Tensor::from(last_axes(axes), shape)));
}

// Pads and slices are told by axis: only the names of the axes change.
template <size_t axes_input>
bool by_named_axes(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  const auto& lengths = graph.value(node.inputs[1]).shape;  // pads: two an axis; starts: one
  if (!lengths || lengths->rank() != 1 || !lengths->is_static()) return false;
  const auto count = static_cast<size_t>((*lengths)[0]) / (node.op == Op::kPad ? 2 : 1);
  const std::vector<int64_t> axes = named_axes(graph, node, axes_input, count);
  if (axes.empty() || !convert_data(graph, twins, id)) return false;
  set_axes(graph, id, axes_input, axes);
  return true;
}

bool resize(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Attributes& attrs = graph.node(id).attrs;
  if (attrs.get_string("coordinate_transformation_mode", "") == "tf_crop_and_resize") return false;
  if (!convert_data(graph, twins, id)) return false;
  graph.node(id).attrs.set("axes", last_axes(attrs.get_ints("axes", {0, 1, 2, 3})));
  return true;
}

// A reduction that drops its axes gives the same result only where what is left keeps its order.
bool reduce(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  const std::vector<int64_t> axes = named_axes(graph, node, 1, 0);
  if (axes.empty() || !twins.is_image(node.inputs[0])) return false;
  const bool keep = node.attrs.get_int("keepdims", 1) != 0;
  const std::vector<int64_t> moved = last_axes(axes);
  const auto reduced = [&](int64_t axis) {
    return std::find(moved.begin(), moved.end(), axis) != moved.end();
  };
  if (!keep && !reduced(3) && !(reduced(1) && reduced(2))) return false;
  if (keep && !all_images(twins, node.outputs)) return false;
  graph.set_input(id, 0, twins.last(node.inputs[0]));
  if (keep) make_outputs_last(graph, twins, id);
  set_axes(graph, id, 1, axes);
  return true;
}

// The model's own Transpose starts from the other layout; where that undoes it, nothing is left of
// it.
bool transpose(Graph& graph, LayoutTwins&, NodeId id) {
  Node& node = graph.node(id);
  const std::vector<int64_t> perm = last_axes(node.attrs.get_ints("perm", {3, 2, 1, 0}));
  node.attrs.set("perm", perm);
  if (std::is_sorted(perm.begin(), perm.end())) {
    node.op = Op::kIdentity;
    node.attrs.erase("perm");
  }
  return true;
}

// Where the bytes are the same in both layouts; or a channel shuffle.
bool reshape(Graph& graph, LayoutTwins& twins, NodeId id) {
  const Node& node = graph.node(id);
  const Value& x = graph.value(node.inputs[0]);
  const auto& y = graph.value(node.outputs[0]).shape;
  if (!x.channels_last || !y || !y->is_static()) return false;
  const bool same_bytes = (*x.shape)[3] == 1 || (*x.shape)[1] * (*x.shape)[2] == 1;
  return same_bytes || shuffle_channels(graph, twins, id);
}

constexpr std::array kElementwise = {Op::kAbs,          Op::kAdd,         Op::kAnd,
                                     Op::kCast,         Op::kCeil,        Op::kClip,
                                     Op::kCos,          Op::kDiv,         Op::kDropout,
                                     Op::kElu,          Op::kEqual,       Op::kErf,
                                     Op::kExp,          Op::kFloor,       Op::kGelu,
                                     Op::kGreater,      Op::kHardSigmoid, Op::kHardSwish,
                                     Op::kIdentity,     Op::kLeakyRelu,   Op::kLess,
                                     Op::kLog,          Op::kMax,         Op::kMean,
                                     Op::kMin,          Op::kMod,         Op::kMul,
                                     Op::kNeg,          Op::kNot,         Op::kOr,
                                     Op::kPRelu,        Op::kPow,         Op::kReciprocal,
                                     Op::kRelu,         Op::kRound,       Op::kSigmoid,
                                     Op::kSign,         Op::kSin,         Op::kSoftplus,
                                     Op::kSoftsign,     Op::kSqrt,        Op::kSub,
                                     Op::kSum,          Op::kTanh,        Op::kWhere,
                                     Op::kXor,          Op::kQLinearAdd,  Op::kQLinearMul,
                                     Op::kQLinearUnary, Op::kRequantize,  Op::kGreaterOrEqual,
                                     Op::kLessOrEqual};

constexpr LayoutRule kRules[] = {
    {Op::kConv, window, true},
    {Op::kConvIntegerToFloat, window, true},
    {Op::kConvTranspose, window, true},
    {Op::kMaxPool, window, true},
    {Op::kAveragePool, window, true},
    {Op::kQLinearConv, window, true},
    {Op::kQLinearAveragePool, window, true},
    {Op::kGlobalAveragePool, window},
    {Op::kGlobalMaxPool, window},
    {Op::kQLinearGlobalAveragePool, window},
    {Op::kConcat, concat},
    {Op::kQLinearConcat, concat},
    {Op::kSoftmax, along_axis<-1>},
    {Op::kLogSoftmax, along_axis<-1>},
    {Op::kSplit, along_axis<0>},
    {Op::kQuantizeLinear, along_axis<1>},
    {Op::kDequantizeLinear, along_axis<1>},
    {Op::kDynamicQuantizeLinear, dynamic_quantize},
    {Op::kPad, by_named_axes<3>},
    {Op::kSlice, by_named_axes<3>},
    {Op::kResize, resize},
    {Op::kReduceMean, reduce},
    {Op::kReduceSum, reduce},
    {Op::kReduceMax, reduce},
    {Op::kReduceMin, reduce},
    {Op::kReduceProd, reduce},
    {Op::kReduceL2, reduce},
    {Op::kTranspose, transpose},
    {Op::kReshape, reshape},
    {Op::kFlatten, reshape},
    {Op::kSqueeze, reshape},
};

}  // namespace

const LayoutRule* find_layout_rule(Op op) {
  static constexpr LayoutRule kElementwiseRule = {Op::kUnknown, elementwise};
  const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                 [op](const LayoutRule& candidate) { return candidate.op == op; });
  if (rule != std::end(kRules)) return rule;
  const bool one_by_one =
      std::find(kElementwise.begin(), kElementwise.end(), op) != kElementwise.end();
  return one_by_one ? &kElementwiseRule : nullptr;
}

}  // namespace octavo
