#include "graph/shape_inference.h"

#include <unordered_map>

#include "graph/ops.h"
#include "graph/shapes/branches.h"
#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

Status check_counts(const Node& node, const ShapeRule& rule, const ShapeContext& context) {
  const OpInfo& info = info_of(node.op);
  const auto count = static_cast<int>(context.input_count());
  if (count < info.min_inputs || (info.max_inputs >= 0 && count > info.max_inputs)) {
    return contradiction("the operator does not take " + std::to_string(count) + " inputs");
  }
  for (int i = 0; i < info.min_inputs; ++i) {
    const auto at = static_cast<size_t>(i);
    if (at < node.inputs.size() && node.inputs[at] == kNoValue) {
      return contradiction("input " + std::to_string(i) + " is left out, but needed");
    }
  }
  const auto outputs = static_cast<int>(context.output_count());
  if (outputs < 1 || (rule.max_outputs >= 0 && outputs > rule.max_outputs)) {
    return contradiction("the operator does not give " + std::to_string(outputs) + " outputs");
  }
  return {};
}

// Sizes that no memory holds are refused here, before anybody multiplies them.
Status check_shape(const std::optional<Shape>& shape) {
  if (!shape) return {};
  Shape known = *shape;
  for (int64_t& dim : known.dims()) dim = dim == kDynamic ? 1 : dim;
  if (known.rank() <= kMaxRank && known.element_count()) return {};
  return {ErrorCode::kModelUnsupported,
          "a tensor would have the shape " + shape->to_string() + ", which is too large"};
}

// Nothing later asks again whether required inputs are there, of one type and of a sensible size.
Status check_inputs(const Node& node, const ShapeRule& rule, const ShapeContext& context) {
  OCTAVO_RETURN_IF_ERROR(check_counts(node, rule, context));
  for (const ValueInfo& input : context.inputs()) OCTAVO_RETURN_IF_ERROR(check_shape(input.shape));
  return check_types(rule, context);
}

Status infer(const Node& node, std::span<const ValueInfo> inputs, std::span<ValueInfo> outputs) {
  const ShapeRule* rule = find_shape_rule(node.op);
  if (!rule) return {};  // not implemented: what the file says stands
  const ShapeContext context(node, inputs, outputs);
  OCTAVO_RETURN_IF_ERROR(check_inputs(node, *rule, context));
  OCTAVO_RETURN_IF_ERROR(rule->infer(context));
  for (const ValueInfo& output : outputs) OCTAVO_RETURN_IF_ERROR(check_shape(output.shape));
  return {};
}

// Constants that a branch gets from outside: the values in the branch are inputs.
using GivenConstants = std::unordered_map<ValueId, const Tensor*>;

class Inference {
 public:
  explicit Inference(Graph& graph) : graph_(graph) {}

  void give(ValueId id, const ValueInfo& info) {
    Value& value = graph_.value(id);
    if (info.dtype != DType::kUnknown) value.dtype = info.dtype;
    value.shape = info.shape;
    if (info.constant) given_[id] = info.constant;
  }

  Status run() {
    for (const ValueId id : graph_.inputs) {
      const Value& value = graph_.value(id);
      if (Status s = check_shape(value.shape); !s.ok()) return s.at("input '" + value.name + "'");
    }
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph_.topological_order());
    for (const NodeId id : order) OCTAVO_RETURN_IF_ERROR(infer_outputs(id));
    return {};
  }

  Status infer_outputs(NodeId id) {
    Node& node = graph_.node(id);
    std::vector<ValueInfo> inputs, outputs;
    for (const ValueId input : node.inputs) inputs.push_back(info_of(input));
    for (const ValueId output : node.outputs) outputs.push_back(info_of(output));
    const Status status =
        node.op == Op::kIf ? infer_if(node, inputs, outputs) : infer(node, inputs, outputs);
    if (!status.ok()) return status.at(describe(node));
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (node.outputs[i] == kNoValue) continue;
      Value& value = graph_.value(node.outputs[i]);
      if (outputs[i].dtype != DType::kUnknown) value.dtype = outputs[i].dtype;
      value.shape = std::move(outputs[i].shape);
    }
    return {};
  }

 private:
  ValueInfo info_of(ValueId id) const {
    if (id == kNoValue) return {};
    const Value& value = graph_.value(id);
    const auto given = given_.find(id);
    const Tensor* constant = given == given_.end() ? graph_.held_constant(id) : given->second;
    return {value.dtype, value.shape, constant};
  }

  // As `infer`, but keeps what was learnt inside of the branches.
  Status infer_if(Node& node, std::span<const ValueInfo> inputs, std::span<ValueInfo> outputs) {
    OCTAVO_RETURN_IF_ERROR(
        check_inputs(node, *find_shape_rule(Op::kIf), ShapeContext(node, inputs, outputs)));
    OCTAVO_ASSIGN_OR_RETURN(Branches branches, infer_branches(node, inputs));
    OCTAVO_RETURN_IF_ERROR(merge_branches(branches, inputs, outputs));
    if (branches.then_branch.ok()) node.attrs.set("then_branch", *branches.then_branch);
    if (branches.else_branch.ok()) node.attrs.set("else_branch", *branches.else_branch);
    return {};
  }

  Graph& graph_;
  GivenConstants given_;
};

}  // namespace

Status infer_node(const Node& node, std::span<const ValueInfo> inputs,
                  std::span<ValueInfo> outputs) {
  return infer(node, inputs, outputs);
}

Status infer_with_inputs(Graph& graph, std::span<const ValueInfo> given) {
  Inference inference(graph);
  for (size_t i = 0; i < given.size(); ++i) inference.give(graph.inputs[i], given[i]);
  return inference.run();
}

Status infer_outputs(Graph& graph, NodeId id) { return Inference(graph).infer_outputs(id); }

Status infer_shapes(Graph& graph) { return Inference(graph).run(); }

}  // namespace octavo
