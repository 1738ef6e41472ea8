// Values that must or may share one scale, as disjoint sets.
#pragma once

#include <vector>

#include "graph/graph.h"
#include "quant/observer.h"

namespace octavo {

class ScaleGroups {
 public:
  // By value: its range, empty {+inf, -inf} where it has none of its own, and the bounds that its
  // integers have to enforce.
  ScaleGroups(std::vector<Range> ranges, std::vector<Range> bounds);

  void join(ValueId a, ValueId b);
  // Joins only if the common range stays within the bounds of both: a Relu folded into one of them
  // would be lost where the other's range reaches below 0.
  void join_if_bounds_hold(ValueId a, ValueId b);

  Range range(ValueId id) const;  // of the whole group, within all bounds

 private:
  size_t root(ValueId id) const;

  mutable std::vector<size_t> parent_;  // paths are halved while looking
  std::vector<Range> ranges_;           // of roots: the union of their members'
  std::vector<Range> bounds_;           // of roots: the intersection of their members'
};

}  // namespace octavo
