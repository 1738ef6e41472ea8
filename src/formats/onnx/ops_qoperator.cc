//   x, s, z -> QLinearOp(., y_s, y_z)                          -> y
//   x -> DequantizeLinear(s, z) -> Op -> QuantizeLinear(y_s, y_z) -> y
// Not where scales are no constants, or where the axis of several is not known: such a node stays.
#include <optional>

#include "formats/onnx/node_adder.h"
#include "formats/onnx/ops.h"

namespace octavo::onnx {
namespace {

constexpr int kNone = -1;
constexpr const char* kMicrosoft = "com.microsoft";

struct QOperator {
  const char* op_type;
  const char* domain;
  Op op;
  int first;     // input that starts the first operand: value, scale, zero point
  int operands;  // how many; kNone: all that follow
  int result;    // input that holds the scale of the result, its zero point after it
  int bias;      // int32, with the scale of the first two operands; kNone
};

constexpr QOperator kQOperators[] = {
    {"QLinearConv", "", Op::kConv, 0, 2, 6, 8},
    {"QLinearMatMul", "", Op::kMatMul, 0, 2, 6, kNone},
    {"QGemm", kMicrosoft, Op::kGemm, 0, 2, 7, 6},
    {"QLinearAdd", kMicrosoft, Op::kAdd, 0, 2, 6, kNone},
    {"QLinearMul", kMicrosoft, Op::kMul, 0, 2, 6, kNone},
    {"QLinearConcat", kMicrosoft, Op::kConcat, 2, kNone, 0, kNone},
    {"QLinearAveragePool", kMicrosoft, Op::kAveragePool, 0, 1, 3, kNone},
    {"QLinearGlobalAveragePool", kMicrosoft, Op::kGlobalAveragePool, 0, 1, 3, kNone},
    {"QLinearLeakyRelu", kMicrosoft, Op::kLeakyRelu, 0, 1, 3, kNone},
    {"QLinearSoftmax", kMicrosoft, Op::kSoftmax, 0, 1, 3, kNone},
    {"QLinearSigmoid", kMicrosoft, Op::kSigmoid, 0, 1, 3, kNone},
};

const QOperator* find(const Node& node) {
  if (node.op != Op::kUnknown) return nullptr;
  for (const QOperator& known : kQOperators) {
    if (node.op_type == known.op_type && node.domain == known.domain) return &known;
  }
  return nullptr;
}

ValueId input(const Node& node, int index) {
  const bool is_there = index >= 0 && static_cast<size_t>(index) < node.inputs.size();
  return is_there ? node.inputs[static_cast<size_t>(index)] : kNoValue;
}

// One scale, or several along this axis of the weights.
std::optional<int64_t> weight_axis(const Graph& graph, const Node& node, Op op, ValueId weights) {
  if (op == Op::kConv) return 0;
  if (op == Op::kGemm) return node.attrs.get_int("transB", 0) != 0 ? 0 : 1;
  const Constant* constant = graph.constant(weights);
  if (op != Op::kMatMul || constant == nullptr) return std::nullopt;
  return constant->shape().rank() - 1;
}

class Expansion {
 public:
  Expansion(Graph& graph, NodeAdder& adder, const Node& node, const QOperator& form)
      : graph_(graph), adder_(adder), node_(node), form_(form) {}

  // Only looks.
  bool is_possible() const {
    if (node_.outputs.size() != 1 || node_.attrs.get_int("channels_last", 0) != 0) return false;
    if (form_.op == Op::kSoftmax && node_.attrs.get_int("opset", 0) < 13) return false;
    const bool has_result = scale_of(form_.result) != nullptr;
    if (!has_result || scale_of(form_.result)->count() != 1 || operand_count() < 1) return false;
    for (int i = 0; i < operand_count(); ++i) {
      const int at = form_.first + 3 * i;
      const Tensor* scale = scale_of(at + 1);
      if (input(node_, at) == kNoValue || scale == nullptr) return false;
      const bool is_weight = i == 1 && weight_axis(graph_, node_, form_.op, input(node_, at));
      if (scale->count() != 1 && !is_weight) return false;
    }
    return true;
  }

  void apply() {
    std::vector<ValueId> inputs;
    for (int i = 0; i < operand_count(); ++i) inputs.push_back(dequantize(form_.first + 3 * i));
    if (input(node_, form_.bias) != kNoValue) inputs.push_back(dequantize_bias());
    Attributes attrs = node_.attrs;
    for (const char* own : {"channels_last", "opset"}) attrs.erase(own);
    const ValueId real = adder_.add(form_.op, node_.name, std::move(inputs), std::move(attrs));
    graph_.node(graph_.producer(real)).name = node_.name;  // reports speak of the model's own nodes
    adder_.add(Op::kQuantizeLinear, node_.name,
               {real, input(node_, form_.result), input(node_, form_.result + 1)}, {},
               node_.outputs[0]);
  }

 private:
  int operand_count() const {
    if (form_.operands != kNone) return form_.operands;
    return (static_cast<int>(node_.inputs.size()) - form_.first) / 3;
  }

  const Tensor* scale_of(int index) const {
    const Tensor* scale = graph_.held_constant(input(node_, index));
    const bool fits = scale != nullptr && scale->dtype() == DType::kFloat32 &&
                      scale->shape().rank() <= 1 && scale->count() > 0;
    return fits ? scale : nullptr;
  }

  ValueId dequantize(int at) {
    Attributes attrs;
    if (scale_of(at + 1)->count() > 1) {
      attrs.set("axis", *weight_axis(graph_, node_, form_.op, input(node_, at)));
    }
    return adder_.add(Op::kDequantizeLinear, node_.name,
                      {input(node_, at), input(node_, at + 1), input(node_, at + 2)},
                      std::move(attrs));
  }

  ValueId dequantize_bias() {
    const float alpha = form_.op == Op::kGemm ? node_.attrs.get_float("alpha", 1.0f) : 1.0f;
    const float x_scale = scale_of(form_.first + 1)->values<float>()[0] * alpha;
    const Tensor& weights = *scale_of(form_.first + 4);
    std::vector<float> scales;
    for (const float scale : weights.values<float>()) scales.push_back(x_scale * scale);
    const ValueId scale =
        graph_.add_constant(node_.name + "_bias_scale", Tensor::from(scales, weights.shape()));
    Attributes attrs;
    if (scales.size() > 1) attrs.set("axis", int64_t{0});
    return adder_.add(Op::kDequantizeLinear, node_.name, {input(node_, form_.bias), scale},
                      std::move(attrs));
  }

  Graph& graph_;
  NodeAdder& adder_;
  const Node& node_;
  const QOperator& form_;
};

}  // namespace

void expand_qoperators(Graph& graph) {
  std::optional<NodeAdder> adder;
  for (const NodeId id : graph.live_nodes()) {
    const QOperator* form = find(graph.node(id));
    if (form == nullptr) continue;
    if (!adder) adder.emplace(graph);
    const Node node = graph.node(id);
    Expansion expansion(graph, *adder, node, *form);
    if (!expansion.is_possible()) continue;
    graph.remove_node(id);
    expansion.apply();
  }
}

}  // namespace octavo::onnx
