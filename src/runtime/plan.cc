#include "runtime/plan.h"

#include <algorithm>
#include <array>
#include <limits>

#include "graph/shape_inference.h"
#include "runtime/executor.h"
#include "runtime/lower/lower.h"
#include "runtime/memory.h"

namespace octavo {
namespace {

// Operators that only give their first input another shape.
constexpr std::array kViews = {Op::kDropout, Op::kFlatten, Op::kIdentity,
                               Op::kReshape, Op::kSqueeze, Op::kUnsqueeze};

bool is_view(Op op) { return std::find(kViews.begin(), kViews.end(), op) != kViews.end(); }

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

// Dequantized weights of ops that stay in float, mostly: computed once, here.
Status fold_constants(Graph& graph) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, needed_nodes(graph));
  for (const NodeId id : order) {
    if (!all_inputs_constant(graph, graph.node(id))) continue;
    const Node node = graph.node(id);
    std::vector<const Tensor*> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(graph.constant(input));
    OCTAVO_ASSIGN_OR_RETURN(std::vector<Tensor> outputs, evaluate_node(node, inputs));
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

constexpr std::array kLowerings = {lower_qdq, fold_constants, fuse_activation, channels_last};

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
  Result<RunFn> run = prepare(PrepareContext(graph, node, isa));
  if (!run.ok()) return run.status().at(describe(node));
  return Step{id, node.inputs, node.outputs, std::move(run).value()};
}

Status prepare_steps(Plan& plan, Isa isa) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<NodeId> order, needed_nodes(plan.graph));
  for (const NodeId id : order) {
    OCTAVO_ASSIGN_OR_RETURN(Step step, prepare_step(plan.graph, id, isa));
    plan.steps.push_back(std::move(step));
  }
  return {};
}

void find_last_uses(Plan& plan) {
  plan.last_use.assign(plan.graph.value_count(), -1);
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    for (const auto& ids : {plan.steps[i].inputs, plan.steps[i].outputs}) {
      for (const ValueId id : ids) {
        if (id != kNoValue) plan.last_use[static_cast<size_t>(id)] = static_cast<int>(i);
      }
    }
  }
  for (const ValueId id : plan.graph.outputs) {
    plan.last_use[static_cast<size_t>(id)] = static_cast<int>(plan.steps.size());
  }
}

// Values in the arena: made by a node, with a size that is known now. A view of a value that is
// dead after it takes over its place, and its step does nothing.
class ArenaBuilder {
 public:
  explicit ArenaBuilder(Plan& plan) : plan_(plan), slot_of_(plan.graph.value_count(), -1) {}

  Status build() {
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      if (take_over(static_cast<int>(i))) continue;
      for (const ValueId id : plan_.steps[i].outputs) add(id, static_cast<int>(i));
    }
    const ArenaLayout layout = lay_out(lifetimes_);
    if (layout.bytes > std::numeric_limits<size_t>::max()) {
      return {ErrorCode::kOutOfMemory, "running the model needs " +
                                           std::to_string(layout.bytes >> 20) +
                                           " MB of memory; use smaller inputs"};
    }
    plan_.arena_bytes = static_cast<size_t>(layout.bytes);
    plan_.offsets.assign(slot_of_.size(), -1);
    for (size_t v = 0; v < slot_of_.size(); ++v) {
      if (slot_of_[v] >= 0) {
        plan_.offsets[v] = static_cast<int64_t>(layout.offsets[static_cast<size_t>(slot_of_[v])]);
      }
    }
    return {};
  }

 private:
  std::optional<uint64_t> bytes_of(ValueId id) const {
    const Value& value = plan_.graph.value(id);
    if (!value.shape || size_of(value.dtype) == 0) return std::nullopt;
    const std::optional<int64_t> count = value.shape->element_count();
    if (!count) return std::nullopt;
    return static_cast<uint64_t>(*count) * size_of(value.dtype);
  }

  void add(ValueId id, int step) {
    if (id == kNoValue) return;
    const std::optional<uint64_t> bytes = bytes_of(id);
    if (!bytes) return;
    slot_of_[static_cast<size_t>(id)] = static_cast<int>(lifetimes_.size());
    lifetimes_.push_back({step, plan_.last_use[static_cast<size_t>(id)], *bytes});
  }

  bool take_over(int index) {
    Step& step = plan_.steps[static_cast<size_t>(index)];
    if (!is_view(plan_.graph.node(step.node).op)) return false;
    const ValueId from = step.inputs[0], to = step.outputs[0];
    if (from == kNoValue || to == kNoValue || slot_of_[static_cast<size_t>(from)] < 0) return false;
    const bool others = std::any_of(step.outputs.begin() + 1, step.outputs.end(),
                                    [](ValueId id) { return id != kNoValue; });
    if (others || plan_.last_use[static_cast<size_t>(from)] != index) return false;
    if (bytes_of(to) != bytes_of(from)) return false;
    const int slot = slot_of_[static_cast<size_t>(from)];
    slot_of_[static_cast<size_t>(to)] = slot;
    lifetimes_[static_cast<size_t>(slot)].last = plan_.last_use[static_cast<size_t>(to)];
    step.run = [](RunContext&) { return ok_status(); };
    return true;
  }

  Plan& plan_;
  std::vector<int> slot_of_;  // by value: index into lifetimes_, or -1
  std::vector<Lifetime> lifetimes_;
};

}  // namespace

Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, const PlanOptions& options) {
  auto plan = std::make_shared<Plan>();
  plan->graph = graph;
  OCTAVO_RETURN_IF_ERROR(infer_again(plan->graph));
  if (options.lower) OCTAVO_RETURN_IF_ERROR(lower(plan->graph));
  OCTAVO_RETURN_IF_ERROR(prepare_steps(*plan, options.isa));
  find_last_uses(*plan);
  OCTAVO_RETURN_IF_ERROR(ArenaBuilder(*plan).build());
  return std::shared_ptr<const Plan>(std::move(plan));
}

Result<std::vector<Tensor>> evaluate_node(const Node& node, std::span<const Tensor* const> inputs) {
  Graph graph;
  Node alone = node;
  for (size_t i = 0; i < alone.inputs.size(); ++i) {
    if (i >= inputs.size() || !inputs[i]) alone.inputs[i] = kNoValue;
    if (alone.inputs[i] != kNoValue) {
      alone.inputs[i] = graph.add_constant("input " + std::to_string(i), *inputs[i]);
    }
  }
  std::vector<size_t> used;  // outputs that are not left out
  for (size_t i = 0; i < alone.outputs.size(); ++i) {
    if (alone.outputs[i] == kNoValue) continue;
    alone.outputs[i] = graph.add_value({});
    graph.outputs.push_back(alone.outputs[i]);
    used.push_back(i);
  }
  graph.add_node(std::move(alone));
  OCTAVO_ASSIGN_OR_RETURN(auto plan, make_plan(graph, {.lower = false}));
  Executor executor(std::move(plan));
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<TensorView> views, executor.run({}));
  std::vector<Tensor> outputs(node.outputs.size());
  for (size_t i = 0; i < used.size(); ++i) {
    const auto* data = static_cast<const std::byte*>(views[i].data);
    outputs[used[i]] =
        Tensor(views[i].dtype, views[i].shape, Buffer::copy_of(std::span(data, views[i].bytes())));
  }
  return outputs;
}

}  // namespace octavo
