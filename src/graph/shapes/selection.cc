// Operators that choose or repeat elements.
#include <algorithm>
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

std::string text(int64_t number) { return std::to_string(number); }

Status gather(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 0, x.rank()));
  if (!c.shape(1)) return {};
  std::vector<int64_t> dims(x.dims().begin(), x.dims().begin() + axis);
  dims.insert(dims.end(), c.shape(1)->dims().begin(), c.shape(1)->dims().end());
  dims.insert(dims.end(), x.dims().begin() + axis + 1, x.dims().end());
  c.set(0, c.dtype(0), Shape(std::move(dims)));
  return {};
}

Status check_sizes(const std::vector<int64_t>& sizes) {
  const bool valid = sizes.size() <= size_t{kMaxRank} &&
                     std::all_of(sizes.begin(), sizes.end(),
                                 [](int64_t s) { return s >= 0 && s <= kMaxElements; });
  return valid ? ok_status() : contradiction(Shape(sizes).to_string() + " is no sensible size");
}

Status expand(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  const auto target = c.integers(1);
  const auto rank = c.length(1);
  if (target) {
    OCTAVO_RETURN_IF_ERROR(check_sizes(*target));
    OCTAVO_ASSIGN_OR_RETURN(Shape shape, broadcast(*c.shape(0), Shape(*target)));
    c.set(0, c.dtype(0), std::move(shape));
  } else if (rank && *rank <= kMaxRank) {
    OCTAVO_ASSIGN_OR_RETURN(Shape shape,
                            broadcast(*c.shape(0), unknown_shape(static_cast<int>(*rank))));
    c.set(0, c.dtype(0), std::move(shape));
  }
  return {};
}

Status tile(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  Shape result = *c.shape(0);
  const auto repeats = c.integers(1);
  if (!repeats) {
    c.set(0, c.dtype(0), unknown_shape(result.rank()));
    return {};
  }
  OCTAVO_RETURN_IF_ERROR(check_sizes(*repeats));
  if (static_cast<int>(repeats->size()) != result.rank()) {
    return contradiction(text(static_cast<int64_t>(repeats->size())) +
                         " repeats do not fit an input of shape " + result.to_string());
  }
  for (int i = 0; i < result.rank(); ++i) {
    const int64_t times = (*repeats)[static_cast<size_t>(i)];
    if (result[i] == kDynamic) continue;
    if (times > 0 && result[i] > kMaxElements / times)
      return check_sizes({kMaxElements, times, -1});
    result[i] *= times;
  }
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

Status top_k(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  c.set(1, DType::kInt64, std::nullopt);
  if (!c.shape(0)) return {};
  Shape result = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", -1, result.rank()));
  const auto k = c.integers(1);
  if (k && k->size() != 1) return contradiction("K must be one number");
  if (k && (k->front() < 0 || (result[axis] != kDynamic && k->front() > result[axis]))) {
    return contradiction("the " + text(k->front()) + " largest of " + text(result[axis]) +
                         " are asked for");
  }
  result[axis] = k ? k->front() : kDynamic;
  c.set(0, c.dtype(0), result);
  c.set(1, DType::kInt64, result);
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kExpand, expand, "Tl"},
    ShapeRule{Op::kGather, gather, "Ti"},
    ShapeRule{Op::kTile, tile, "Tl"},
    ShapeRule{Op::kTopK, top_k, "Tl", 2},
};

}  // namespace

std::span<const ShapeRule> selection_rules() { return kRules; }

}  // namespace octavo
