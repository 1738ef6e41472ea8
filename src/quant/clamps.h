// Relu and Clip seen as ranges.
#pragma once

#include <limits>
#include <optional>

#include "quant/observer.h"

namespace octavo {

constexpr Range kUnbounded = {-std::numeric_limits<float>::infinity(),
                              std::numeric_limits<float>::infinity()};

inline bool contains(Range outer, Range inner) {
  return outer.min <= inner.min && inner.max <= outer.max;
}

// What a Relu or Clip lets through; none for other nodes and where bounds are not constant.
std::optional<Range> clamp_bounds(const Graph& graph, const Node& node);

// The Relu or Clip that is the only use of `value` and can be left to the saturation of 8 bits:
// its bounds contain 0, because every range does. kNoNode where there is none.
NodeId foldable_clamp(const Graph& graph, ValueId value);

}  // namespace octavo
