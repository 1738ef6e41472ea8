// Shapes and constants, found together in one walk in running order: a shape that becomes known
// makes a Shape node a constant, which makes a Reshape's target known, and so on.
#pragma once

#include "passes/pass.h"

namespace octavo {

// Infers every node's outputs and evaluates what depends on constants alone. Says how many nodes
// went.
Result<int> infer_and_fold(Graph& graph, const PassContext& context);

}  // namespace octavo
