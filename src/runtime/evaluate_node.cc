#include "runtime/executor.h"
#include "runtime/plan.h"

namespace octavo {

Result<std::vector<Tensor>> evaluate_node(const Node& node, std::span<const ConstantPtr> inputs) {
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
