// A graph made ready to run, once: lowered, ordered, weights packed, memory laid out.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/op.h"

namespace octavo {

struct PlanOptions {
  Isa isa = best_isa();
  // Off: run the graph node by node as it is (constant folding, tests of single operators).
  bool lower = true;
};

struct Step {
  NodeId node;  // in Plan::graph
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
  std::vector<bool> packed;  // by input: constants that the step has in a form of its own
  RunFn run;
};

struct Plan {
  Graph graph;  // the lowered graph, without the data of constants; names are those of the model
  std::vector<Step> steps;        // in running order
  std::vector<Tensor> constants;  // by value: what steps look at; without data where it is packed
  std::vector<int64_t>
      offsets;  // by value: place in the arena; -1: not in it (constant, input, dynamic)
  std::vector<int> last_use;  // by value: index of the step after which it is dead
  size_t arena_bytes = 0;
};

// kModelUnsupported names the first node that cannot run. Shapes should be static (see specialize);
// values whose shape is still dynamic are allocated while running.
Result<std::shared_ptr<const Plan>> make_plan(const Graph& graph, const PlanOptions& options = {});

// The inputs, and what steps before `step` give, that it or later ones read, or that are outputs.
std::vector<ValueId> live_before(const Plan& plan, size_t step);

// Runs one node alone on constants (for constant folding; null: left out). Outputs in order.
Result<std::vector<Tensor>> evaluate_node(const Node& node, std::span<const ConstantPtr> inputs);

}  // namespace octavo
