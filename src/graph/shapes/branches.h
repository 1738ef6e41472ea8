// Shapes inside of the branches of an If.
#pragma once

#include <memory>
#include <span>

#include "graph/shape_inference.h"

namespace octavo {

// Copies of a node's branches with all values inferred from the node's inputs; the node's own are
// left as they are, because copies of a graph share them. A branch that contradicts its inputs is a
// failure here, but need not be one of the model: it may be the one that is not taken. Exporters
// write so: If(size == 1) then Squeeze(x) else x.
struct Branches {
  Result<std::shared_ptr<Graph>> then_branch;
  Result<std::shared_ptr<Graph>> else_branch;
};

// Fails where a branch is missing or takes other inputs than it gets.
Result<Branches> infer_branches(const Node& node, std::span<const ValueInfo> inputs);

// What both branches have in common, or what the one has that can be taken: the one that a constant
// condition chooses, or the only one that does not contradict its inputs.
Status merge_branches(const Branches& branches, std::span<const ValueInfo> inputs,
                      std::span<ValueInfo> outputs);

// Infers a graph whose inputs are known from outside; `given` may hold constants.
Status infer_with_inputs(Graph& graph, std::span<const ValueInfo> given);

}  // namespace octavo
