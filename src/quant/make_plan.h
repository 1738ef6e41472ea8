// How whoever judges and corrects graphs gets their plans.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "quant/shards.h"
#include "runtime/plan.h"

namespace octavo {

// Binds a graph to the shapes of its inputs and makes its plan.
using MakePlan = std::function<Result<std::shared_ptr<const Plan>>(const Graph& graph,
                                                                   std::span<const Shape> shapes)>;
// The same for shapes that are known.
using MakeBoundPlan = std::function<Result<std::shared_ptr<const Plan>>(const Graph& graph)>;

inline MakeBoundPlan bind_shapes(MakePlan make, std::span<const Tensor> sample) {
  return [make = std::move(make), shapes = shapes_of(sample)](const Graph& graph) {
    return make(graph, shapes);
  };
}

}  // namespace octavo
