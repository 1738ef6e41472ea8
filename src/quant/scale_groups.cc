#include "quant/scale_groups.h"

#include <algorithm>
#include <numeric>

#include "quant/clamps.h"

namespace octavo {
namespace {

Range union_of(Range a, Range b) { return {std::min(a.min, b.min), std::max(a.max, b.max)}; }
Range intersection_of(Range a, Range b) { return {std::max(a.min, b.min), std::min(a.max, b.max)}; }

}  // namespace

ScaleGroups::ScaleGroups(std::vector<Range> ranges, std::vector<Range> bounds)
    : parent_(ranges.size()), ranges_(std::move(ranges)), bounds_(std::move(bounds)) {
  std::iota(parent_.begin(), parent_.end(), size_t{0});
}

size_t ScaleGroups::root(ValueId id) const {
  size_t at = static_cast<size_t>(id);
  while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
  return at;
}

void ScaleGroups::join(ValueId a, ValueId b) {
  const size_t kept = root(a), joined = root(b);
  if (kept == joined) return;
  parent_[joined] = kept;
  ranges_[kept] = union_of(ranges_[kept], ranges_[joined]);
  bounds_[kept] = intersection_of(bounds_[kept], bounds_[joined]);
}

void ScaleGroups::join_if_bounds_hold(ValueId a, ValueId b) {
  const Range common = union_of(range(a), range(b));
  const Range bounds = intersection_of(bounds_[root(a)], bounds_[root(b)]);
  if (contains(bounds, common)) join(a, b);
}

Range ScaleGroups::range(ValueId id) const {
  return intersection_of(ranges_[root(id)], bounds_[root(id)]);
}

}  // namespace octavo
