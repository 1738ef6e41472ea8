#include "runtime/plan.h"

#include <algorithm>
#include <array>
#include <optional>

#include "graph/shape_inference.h"
#include "runtime/lower/lower.h"
#include "runtime/plan_memory.h"

namespace octavo {
namespace {

// What a file says of the values that nodes make is not trusted: memory is laid out by shapes that
// were inferred here.
Status infer_again(Graph& graph) {
  for (const NodeId id : graph.live_nodes()) {
    for (const ValueId output : graph.node(id).outputs) {
      if (output == kNoValue) continue;
      graph.value(output).shape.reset();
      graph.value(output).dtype = DType::kUnknown;
    }
  }
  return infer_shapes(graph);
}

// The nodes that outputs depend on, in running order.
Result<std::vector<NodeId>> needed_nodes(const Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(std::vector<NodeId> order, graph.topological_order());
  std::vector<bool> needed(graph.value_count());
  for (const ValueId output : graph.outputs) needed[static_cast<size_t>(output)] = true;
  std::vector<NodeId> nodes;
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    const Node& node = graph.node(*id);
    const bool used = std::any_of(node.outputs.begin(), node.outputs.end(), [&](ValueId v) {
      return v != kNoValue && needed[static_cast<size_t>(v)];
    });
    if (!used) continue;
    nodes.push_back(*id);
    for (const ValueId input : node.inputs) {
      if (input != kNoValue) needed[static_cast<size_t>(input)] = true;
    }
  }
  std::reverse(nodes.begin(), nodes.end());
  return nodes;
}

bool all_inputs_constant(const Graph& graph, const Node& node) {
  return !node.inputs.empty() &&
         std::all_of(node.inputs.begin(), node.inputs.end(),
                     [&](ValueId v) { return v == kNoValue || graph.is_constant(v); });
}

// Weights become floats only when they are packed, one at a time: those that are stored as integers
// or halves, and the same under another shape.
std::optional<Constant> computed_later(const Graph& graph, const Node& node) {
  if (node.outputs[0] == kNoValue) return std::nullopt;
  const Value& output = graph.value(node.outputs[0]);
  const bool is_known = output.shape && output.shape->is_static();
  if (!is_known || !may_lie_elsewhere(output.dtype, *output.shape)) return std::nullopt;
  if (node.op == Op::kReshape) return graph.constant(node.inputs[0])->reshaped(*output.shape);
  if (node.op != Op::kDequantizeLinear && node.op != Op::kCast) return std::nullopt;
  return Constant(output.dtype, *output.shape,
                  [node, inputs = graph.constants(node.inputs)]() -> Result<Buffer> {
                    OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> made,
                                            evaluate_node(node, inputs));
                    return made[0].buffer();
                  });
}

// Dequantized weights of ops that stay in float, mostly: computed once.
Status fold_constants(Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, needed_nodes(graph));
  for (const NodeId id : order) {
    if (!all_inputs_constant(graph, graph.node(id))) continue;
    const Node node = graph.node(id);
    if (std::optional<Constant> later = computed_later(graph, node)) {
      graph.remove_node(id);
      graph.value(node.outputs[0]).constant = share(*std::move(later));
      continue;
    }
    OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> outputs,
                            evaluate_node(node, graph.constants(node.inputs)));
    graph.remove_node(id);
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (node.outputs[i] == kNoValue) continue;
      Value& value = graph.value(node.outputs[i]);
      value.dtype = outputs[i].dtype();
      value.shape = outputs[i].shape();
      value.constant = share(std::move(outputs[i]));
    }
  }
  return {};
}

// Lowering leaves behind what it has gone around.
Status remove_unneeded(Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> needed, needed_nodes(graph));
  std::vector<bool> keep(graph.node_count(), false);
  for (const NodeId id : needed) keep[static_cast<size_t>(id)] = true;
  for (const NodeId id : graph.live_nodes()) {
    if (!keep[static_cast<size_t>(id)]) graph.remove_node(id);
  }
  return {};
}

constexpr std::array kLowerings = {lower_qdq, fold_constants, fuse_integer_products,
                                   fuse_activation, channels_last};

Status lower(Graph& graph) {
  for (const auto lowering : kLowerings) OCTAVO_RETURN_IF_ERROR(lowering(graph));
  OCTAVO_RETURN_IF_ERROR(remove_unneeded(graph));
  graph.compact();
  assert(graph.validate().ok());
  return {};
}

Result<Step> prepare_step(const Graph& graph, NodeId id, Isa isa) {
  const Node& node = graph.node(id);
  const PrepareFn prepare = find_op(node.op);
  if (!prepare) {
    const std::string type = node.op_type.empty() ? name_of(node.op) : node.op_type;
    return Status(ErrorCode::kModelUnsupported,
                  "the operator " + type +
                      " cannot be run; `inspect` lists every operator of the "
                      "model that is not supported",
                  describe(node));
  }
  const PrepareContext context(graph, node, isa);
  Result<RunFn> run = prepare(context);
  if (!run.ok()) return run.status().at(describe(node));
  return Step{id, node.inputs, node.outputs, context.packed(), std::move(run).value()};
}

Status prepare_steps(Plan& plan, Isa isa) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, needed_nodes(plan.graph));
  for (const NodeId id : order) {
    OCTAVO_ASSIGN_OR_RETURN(Step step, prepare_step(plan.graph, id, isa));
    plan.steps.push_back(std::move(step));
  }
  return {};
}

// Reads the constants that steps look at while they run, or that the graph gives, and lets go of
// all others: what is packed is not held twice.
Status hold_constants(Plan& plan) {
  std::vector<bool> seen(plan.graph.value_count(), false);
  const auto see = [&seen](ValueId id) {
    if (id != kNoValue) seen[static_cast<size_t>(id)] = true;
  };
  for (const Step& step : plan.steps) {
    for (size_t i = 0; i < step.inputs.size(); ++i) {
      if (!step.packed[i]) see(step.inputs[i]);
    }
  }
  for (const ValueId id : plan.graph.outputs) see(id);
  plan.constants.resize(seen.size());
  for (size_t v = 0; v < seen.size(); ++v) {
    ConstantPtr& constant = plan.graph.value(static_cast<ValueId>(v)).constant;
    if (!constant) continue;
    plan.constants[v] = Tensor::without_data(constant->dtype(), constant->shape());
    if (seen[v]) {
      OCTAVO_ASSIGN_OR_RETURN(plan.constants[v], constant->read());
    }
    constant = share(constant->without_data());
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, const PlanOptions& options) {
  auto plan = std::make_shared<Plan>();
  plan->graph = graph;
  OCTAVO_RETURN_IF_ERROR(infer_again(plan->graph));
  if (options.lower) OCTAVO_RETURN_IF_ERROR(lower(plan->graph));
  OCTAVO_RETURN_IF_ERROR(prepare_steps(*plan, options.isa));
  OCTAVO_RETURN_IF_ERROR(hold_constants(*plan));
  OCTAVO_RETURN_IF_ERROR(lay_out_values(*plan));
  return std::shared_ptr<const Plan>(std::move(plan));
}

std::vector<ValueId> live_before(const Plan& plan, size_t step) {
  std::vector<ValueId> live;
  const auto add = [&](const std::vector<ValueId>& ids) {
    for (const ValueId id : ids) {
      if (id == kNoValue || plan.graph.is_constant(id)) continue;
      if (plan.last_use[static_cast<size_t>(id)] >= static_cast<int>(step)) live.push_back(id);
    }
  };
  add(plan.graph.inputs);
  for (size_t i = 0; i < step; ++i) add(plan.steps[i].outputs);
  return live;
}

}  // namespace octavo
