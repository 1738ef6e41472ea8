#include "quant/lint.h"

#include <algorithm>

#include "graph/ops.h"
#include "quant/lint/rules.h"

namespace octavo {
namespace {

using namespace lint_rules;

constexpr Status (*kRules[])(Context&) = {
    check_scales,     check_ranges, check_bias,        check_fusion,
    check_saturation, check_opset,  check_calibration,
};

}  // namespace

const char* name_of(Severity severity) {
  constexpr const char* kNames[] = {"error", "warning", "note"};
  return kNames[static_cast<size_t>(severity)];
}

Result<std::vector<Finding>> lint(const Model& model, const LintOptions& options) {
  OCTAVO_ASSIGN_OR_RETURN(std::vector<NodeId> order, model.graph.topological_order());
  const auto of_quantized = [&](NodeId id) {
    return is_of_quantized_models(model.graph.node(id).op);
  };
  if (std::none_of(order.begin(), order.end(), of_quantized)) {
    return Status(ErrorCode::kInvalidArgument,
                  "the model is not quantized; lint looks at what quantize wrote");
  }
  Context context{model, options, std::move(order), {}};
  for (const auto rule : kRules) OCTAVO_RETURN_IF_ERROR(rule(context));
  return std::move(context.findings);
}

namespace lint_rules {

const Node* dequantize_before(const Graph& graph, ValueId value) {
  const NodeId producer = value == kNoValue ? kNoNode : graph.producer(value);
  if (producer == kNoNode || graph.node(producer).op != Op::kDequantizeLinear) return nullptr;
  return &graph.node(producer);
}

Result<std::optional<Integers>> constant_integers(const Graph& graph, ValueId value, DType dtype) {
  const Node* dequantize = dequantize_before(graph, value);
  const Constant* constant = dequantize ? graph.constant(dequantize->inputs[0]) : nullptr;
  if (!constant || constant->dtype() != dtype || constant->count() == 0) {
    return std::optional<Integers>();
  }
  const auto params = params_of(graph, *dequantize);
  if (!params) return std::optional<Integers>();
  OCTAVO_ASSIGN_OR_RETURN(Tensor tensor, constant->read());
  return std::optional(Integers{std::move(tensor), *params});
}

bool is_product(const Node& node) { return info_of(node.op).role == Role::kCompute; }

std::string of(size_t part, size_t whole, const char* what) {
  return std::to_string(part) + " of " + std::to_string(whole) + " " + what;
}

}  // namespace lint_rules
}  // namespace octavo
