// If: each branch is a plan of its own, made when the node is prepared; a run executes the one that
// the condition takes.
#include <cstring>

#include "runtime/executor.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct Branch {
  std::shared_ptr<const Plan> plan;
  std::vector<size_t> inputs;  // of the node, for each input of the plan
  Status status;               // why there is no plan: matters only when the branch is taken
};

// What the branch takes from outside and is constant there becomes its own constant, so that
// weights are packed once; the rest stays an input, of the dtype and shape that are known outside.
Branch prepare_branch(const PrepareContext& context, const char* name) {
  const std::shared_ptr<Graph> source = context.node().attrs.get_graph(name);
  if (!source || source->inputs.size() + 1 != context.node().inputs.size()) {
    return {{}, {}, invalid_data(std::string("If has no fitting ") + name)};
  }
  Graph graph = *source;
  Branch branch;
  std::vector<ValueId> inputs;
  for (size_t i = 0; i < graph.inputs.size(); ++i) {
    Value& value = graph.value(graph.inputs[i]);
    if (!context.has_input(i + 1)) {
      return {{}, {}, invalid_data("If leaves out a value that a branch uses")};
    }
    const Value& outside = context.input(i + 1);
    value.dtype = outside.dtype;
    value.shape = outside.shape;
    value.constant = outside.constant;
    context.mark_packed(i + 1);
    if (value.constant) continue;
    inputs.push_back(graph.inputs[i]);
    branch.inputs.push_back(i + 1);
  }
  graph.inputs = std::move(inputs);
  Result<std::shared_ptr<const Plan>> plan = make_plan(graph, {.isa = context.isa()});
  if (plan.ok())
    branch.plan = std::move(plan).value();
  else
    branch.status = plan.status().at(name);
  return branch;
}

Status run_branch(RunContext& run, const Branch& branch, const std::vector<bool>& used) {
  if (!branch.plan) return branch.status;
  std::vector<TensorView> inputs;
  for (const size_t i : branch.inputs) inputs.push_back(run.inputs[i]);
  Executor executor(branch.plan);
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<TensorView> results, executor.run(inputs));
  if (results.size() != used.size()) return invalid_data("a branch gives another count of outputs");
  for (size_t i = 0; i < results.size(); ++i) {
    if (!used[i]) continue;
    OCTAVO_RETURN_IF_ERROR(run.allocate_output(i, results[i].dtype, results[i].shape));
    if (run.outputs[i].data) std::memcpy(run.outputs[i].data, results[i].data, results[i].bytes());
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_if(const PrepareContext& context) {
  const Branch yes = prepare_branch(context, "then_branch");
  const Branch no = prepare_branch(context, "else_branch");
  if (!yes.plan && !no.plan) return yes.status;
  std::vector<bool> used;
  for (const ValueId output : context.node().outputs) used.push_back(output != kNoValue);
  return RunFn([yes, no, used](RunContext& run) -> Status {
    if (run.inputs[0].dtype != DType::kBool || run.inputs[0].count() != 1) {
      return invalid_data("the condition of If is not one bool");
    }
    const bool taken = *static_cast<const uint8_t*>(run.inputs[0].data) != 0;
    return run_branch(run, taken ? yes : no, used);
  });
}

}  // namespace octavo
