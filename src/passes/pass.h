// A pass is a function with a name that rewrites a graph and says how often it did.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace octavo {

// Runs one node on constant inputs (an input left out is null); given from outside, because passes
// sit below the runtime.
using Evaluate =
    std::function<Result<std::vector<Tensor>>(const Node&, std::span<const ConstantPtr>)>;

struct PassContext {
  Evaluate evaluate;
};

struct Pass {
  const char* name;  // "fuse_bn_into_conv"
  Result<int> (*apply)(Graph& graph, const PassContext& context);
};

struct PassCount {
  std::string name;
  int changes;
};

// What every opened model goes through, in order, until nothing changes; then the graph is
// compacted, and ids from before are void. Semantics are those of the source within float rounding.
std::span<const Pass> standard_passes();
Result<std::vector<PassCount>> run_passes(Graph& graph, std::span<const Pass> passes,
                                          const PassContext& context);

// Binds the shapes of graph inputs (by name; every dynamic one must be given), infers shapes and
// folds what becomes constant by that: Shape, the arithmetic on it, Range and the like. Ids stay.
struct InputShape {
  std::string name;
  Shape shape;
};
Status specialize(Graph& graph, std::span<const InputShape> shapes, const PassContext& context);

}  // namespace octavo
