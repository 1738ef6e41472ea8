#include "graph/shape_inference.h"

#include <algorithm>

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
  if (rule.max_outputs >= 0 && outputs > rule.max_outputs) {
    return contradiction("the operator does not give " + std::to_string(outputs) + " outputs");
  }
  return {};
}

// Nothing later asks again whether required inputs are there and of one type.
Status check_inputs(const Node& node, const ShapeRule& rule, const ShapeContext& context) {
  OCTAVO_RETURN_IF_ERROR(check_counts(node, rule, context));
  return check_types(rule, context);
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

Status infer(const Node& node, std::span<const ValueInfo> inputs, std::span<ValueInfo> outputs) {
  const ShapeRule* rule = find_shape_rule(node.op);
  if (!rule) return {};  // not implemented: what the file says stands
  const ShapeContext context(node, inputs, outputs);
  OCTAVO_RETURN_IF_ERROR(check_inputs(node, *rule, context));
  OCTAVO_RETURN_IF_ERROR(rule->infer(context));
  for (const ValueInfo& output : outputs) OCTAVO_RETURN_IF_ERROR(check_shape(output.shape));
  return {};
}

// One run over a graph in order. Constants that a branch gets from outside are kept beside it,
// since the value in the branch is an input.
class Inference {
 public:
  explicit Inference(Graph& graph) : graph_(graph), known_(graph.value_count(), nullptr) {}

  void give(ValueId id, const ValueInfo& info) {
    Value& value = graph_.value(id);
    if (info.dtype != DType::kUnknown) value.dtype = info.dtype;
    value.shape = info.shape;
    known_[static_cast<size_t>(id)] = info.constant;
  }

  Status run() {
    for (const ValueId id : graph_.inputs) {
      const Value& value = graph_.value(id);
      if (Status s = check_shape(value.shape); !s.ok()) return s.at("input '" + value.name + "'");
    }
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, graph_.topological_order());
    for (const NodeId id : order) {
      if (Status s = infer_one(graph_.node(id)); !s.ok()) return s.at(describe(graph_.node(id)));
    }
    return {};
  }

 private:
  ValueInfo info_of(ValueId id) const {
    if (id == kNoValue) return {};
    const Value& value = graph_.value(id);
    const Tensor* constant =
        value.constant ? value.constant.get() : known_[static_cast<size_t>(id)];
    return {value.dtype, value.shape, constant};
  }

  Status infer_one(Node& node) {
    std::vector<ValueInfo> inputs, outputs;
    for (const ValueId id : node.inputs) inputs.push_back(info_of(id));
    for (const ValueId id : node.outputs) outputs.push_back(info_of(id));
    OCTAVO_RETURN_IF_ERROR(node.op == Op::kIf ? infer_if(node, inputs, outputs)
                                              : infer(node, inputs, outputs));
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (node.outputs[i] == kNoValue) continue;
      Value& value = graph_.value(node.outputs[i]);
      if (outputs[i].dtype != DType::kUnknown) value.dtype = outputs[i].dtype;
      value.shape = std::move(outputs[i].shape);
    }
    return {};
  }

  // As `infer`, but keeps what was learnt inside of the branches.
  Status infer_if(Node& node, std::span<const ValueInfo> inputs, std::span<ValueInfo> outputs) {
    OCTAVO_RETURN_IF_ERROR(
        check_inputs(node, *find_shape_rule(Op::kIf), ShapeContext(node, inputs, outputs)));
    OCTAVO_ASSIGN_OR_RETURN(Branches branches, infer_branches(node, inputs));
    OCTAVO_RETURN_IF_ERROR(merge_branches(branches, inputs, outputs));
    node.attrs.set("then_branch", std::move(branches.then_branch));
    node.attrs.set("else_branch", std::move(branches.else_branch));
    return {};
  }

  Graph& graph_;
  std::vector<const Tensor*> known_;  // by value
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

Status infer_shapes(Graph& graph) { return Inference(graph).run(); }

}  // namespace octavo
