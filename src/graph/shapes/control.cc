// If: inputs are the condition, then whatever the branches use from outside.
#include <array>

#include "graph/shapes/branches.h"
#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

Status check_branch(const Node& node, const char* name, size_t captured) {
  const std::shared_ptr<Graph> branch = node.attrs.get_graph(name);
  if (!branch) return contradiction(std::string("there is no ") + name);
  if (branch->inputs.size() != captured) {
    return contradiction(std::string(name) + " wants " + std::to_string(branch->inputs.size()) +
                         " values from outside, but gets " + std::to_string(captured));
  }
  if (branch->outputs.size() != node.outputs.size()) {
    return contradiction(std::string(name) + " gives " + std::to_string(branch->outputs.size()) +
                         " values, but the node has " + std::to_string(node.outputs.size()) +
                         " outputs");
  }
  return {};
}

Result<std::shared_ptr<Graph>> infer_branch(const Node& node, const char* name,
                                            std::span<const ValueInfo> captured) {
  auto copy = std::make_shared<Graph>(*node.attrs.get_graph(name));
  if (Status status = infer_with_inputs(*copy, captured); !status.ok()) return status.at(name);
  return copy;
}

ValueInfo info_of(const Graph& graph, ValueId id) {
  const Value& value = graph.value(id);
  return {value.dtype, value.shape, nullptr};
}

std::optional<Shape> common_shape(const std::optional<Shape>& a, const std::optional<Shape>& b) {
  if (!a || !b || a->rank() != b->rank()) return std::nullopt;
  Shape common = *a;
  for (int i = 0; i < common.rank(); ++i) {
    if (common[i] != (*b)[i]) common[i] = kDynamic;
  }
  return common;
}

Result<ValueInfo> merged(const ValueInfo& a, const ValueInfo& b) {
  if (a.dtype != b.dtype && a.dtype != DType::kUnknown && b.dtype != DType::kUnknown) {
    return contradiction(std::string("one branch gives ") + name_of(a.dtype) + ", the other " +
                         name_of(b.dtype));
  }
  return ValueInfo{a.dtype == DType::kUnknown ? b.dtype : a.dtype, common_shape(a.shape, b.shape),
                   nullptr};
}

Status infer_if(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(const Branches branches, infer_branches(c.node(), c.inputs()));
  std::vector<ValueInfo> outputs(c.output_count());
  OCTAVO_RETURN_IF_ERROR(merge_branches(branches, c.inputs(), outputs));
  for (size_t i = 0; i < outputs.size(); ++i) c.set(i, outputs[i].dtype, outputs[i].shape);
  return {};
}

constexpr std::array kRules = {ShapeRule{Op::kIf, infer_if, "b.", -1}};

}  // namespace

Result<Branches> infer_branches(const Node& node, std::span<const ValueInfo> inputs) {
  if (inputs.empty()) return contradiction("there is no condition");
  const auto captured = inputs.subspan(1);
  OCTAVO_RETURN_IF_ERROR(check_branch(node, "then_branch", captured.size()));
  OCTAVO_RETURN_IF_ERROR(check_branch(node, "else_branch", captured.size()));
  return Branches{infer_branch(node, "then_branch", captured),
                  infer_branch(node, "else_branch", captured)};
}

Status merge_branches(const Branches& branches, std::span<const ValueInfo> inputs,
                      std::span<ValueInfo> outputs) {
  const auto *yes = &branches.then_branch, *no = &branches.else_branch;
  const Tensor* condition = inputs[0].constant;
  const std::vector<int64_t> taken = condition ? condition->integers() : std::vector<int64_t>();
  if (taken.size() == 1) yes = no = taken[0] != 0 ? yes : no;
  if (!yes->ok() && !no->ok()) return yes->status();
  if (!yes->ok()) yes = no;
  if (!no->ok()) no = yes;
  const Graph &a = ***yes, &b = ***no;
  for (size_t i = 0; i < outputs.size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(outputs[i], merged(info_of(a, a.outputs[i]), info_of(b, b.outputs[i])));
  }
  return {};
}

std::span<const ShapeRule> control_rules() { return kRules; }

}  // namespace octavo
