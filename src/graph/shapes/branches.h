// Shapes inside of the branches of an If.
#pragma once

#include <memory>
#include <span>

#include "graph/shape_inference.h"

namespace octavo {

struct Branches {
  std::shared_ptr<Graph> then_branch;
  std::shared_ptr<Graph> else_branch;
};

// Copies of a node's branches with all values inferred from the node's inputs; the node's own are
// left as they are, because copies of a graph share them.
Result<Branches> infer_branches(const Node& node, std::span<const ValueInfo> inputs);

// What both branches have in common, or what the one has that a constant condition takes.
Status merge_branches(const Branches& branches, std::span<const ValueInfo> inputs,
                      std::span<ValueInfo> outputs);

// Infers a graph whose inputs are known from outside; `given` may hold constants.
Status infer_with_inputs(Graph& graph, std::span<const ValueInfo> given);

}  // namespace octavo
