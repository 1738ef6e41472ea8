#include "formats/onnx/ops.h"

#include <limits>

#include "formats/onnx/element_type.h"
#include "formats/onnx/ops_table.h"

namespace octavo::onnx {
namespace {

constexpr const char* kMicrosoft = "com.microsoft";

// ONNX Runtime's own operators that ONNX took over as they were.
constexpr const char* kAdopted[] = {"DequantizeLinear", "Gelu", "QuantizeLinear"};
// And those that it did not take over: they keep their domain.
constexpr const char* kKept[] = {"DynamicQuantizeLSTM", "MatMulNBits"};

// An attribute becomes a constant of the kind that the input wants.
struct ConstantOfAttribute {
  std::optional<Tensor> operator()(int64_t value) const {
    return Tensor::from(std::vector<int64_t>{value}, Shape{1});  // TopK wants one element, rank 1
  }
  std::optional<Tensor> operator()(float value) const { return Tensor::scalar(value); }
  std::optional<Tensor> operator()(const std::vector<int64_t>& values) const {
    return Tensor::from(values, Shape{static_cast<int64_t>(values.size())});
  }
  std::optional<Tensor> operator()(const std::vector<float>& values) const {
    return Tensor::from(values, Shape{static_cast<int64_t>(values.size())});
  }
  template <typename Other>
  std::optional<Tensor> operator()(const Other&) const {
    return std::nullopt;
  }
};

void attribute_to_input(Graph& graph, Node& node, const MovedAttribute& moved) {
  const auto found = node.attrs.map().find(moved.attribute);
  if (found == node.attrs.map().end()) return;
  auto tensor = std::visit(ConstantOfAttribute(), found->second);
  if (!tensor) return;
  if (node.inputs.size() <= moved.input) node.inputs.resize(moved.input + 1, kNoValue);
  node.inputs[moved.input] =
      graph.add_constant(node.name + "_" + moved.attribute, std::move(*tensor));
  node.attrs.erase(moved.attribute);
}

void input_to_attribute(const Graph& graph, Node& node, const MovedAttribute& moved) {
  if (node.inputs.size() <= moved.input) return;
  const Tensor* tensor = graph.held_constant(node.inputs[moved.input]);
  if (tensor == nullptr) return;
  node.attrs.set(moved.attribute, tensor->integers());
  node.inputs.resize(moved.input);
}

void set_unknown(Node& node, ReadContext& context, const std::string& reason) {
  node.op = Op::kUnknown;
  context.warnings.push_back(describe(node) + ": " + reason);
}

}  // namespace

void canonicalize(Graph& graph, Node& node, ReadContext& context) {
  for (const char* adopted : kAdopted) {
    if (node.domain == kMicrosoft && node.op_type == adopted) node.domain.clear();
  }
  if (!node.domain.empty()) {
    for (const char* kept : kKept) {
      if (node.domain == kMicrosoft && node.op_type == kept) node.op = op_from_name(kept);
    }
    return;
  }
  for (const char* kept : kKept) {
    if (node.op_type == kept) return set_unknown(node, context, "ONNX has no such operator");
  }
  for (const Refusal& refusal : refusals()) {
    if (node.op_type != refusal.op_type) continue;
    if (const char* reason = refusal.check(graph, node)) return set_unknown(node, context, reason);
  }
  for (const MovedAttribute& moved : moved_attributes()) {
    if (node.op_type == moved.op_type && context.opset < moved.since) {
      attribute_to_input(graph, node, moved);
    }
  }
  for (const Rewrite& rewrite : rewrites()) {
    if (node.op_type == rewrite.op_type && context.opset < rewrite.since)
      rewrite.apply(graph, node);
  }
  node.op = op_from_name(node.op_type);
}

int64_t opset_needed(const Graph& graph, const Node& node) {
  int64_t needed = kOldestWritten;
  if (node.op == Op::kUnknown) return needed;
  const auto raise = [&needed](int64_t opset) { needed = std::max(needed, opset); };
  for (const Newcomer& newcomer : newcomers()) {
    if (name_of(node.op) == std::string(newcomer.op_type) && newcomer.applies(graph, node)) {
      raise(newcomer.since);
    }
  }
  for (const MovedAttribute& moved : moved_attributes()) {
    const bool is_variable =
        name_of(node.op) == std::string(moved.op_type) && node.inputs.size() > moved.input &&
        node.inputs[moved.input] != kNoValue && !graph.is_constant(node.inputs[moved.input]);
    if (is_variable) raise(moved.since);
  }
  return needed;
}

void to_opset(const Graph& graph, Node& node, int64_t opset) {
  if (node.op == Op::kUnknown) return;
  for (const MovedAttribute& moved : moved_attributes()) {
    if (name_of(node.op) == std::string(moved.op_type) && opset < moved.since) {
      input_to_attribute(graph, node, moved);
    }
  }
  if (node.op == Op::kSplit && opset < 18) node.attrs.erase("num_outputs");
}

}  // namespace octavo::onnx
