// Operators that give the same elements in the same order under another shape.
#include <algorithm>
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

// The elements of `x` spread over `known` times what is asked for: the dimension written -1.
Status fill_in_missing(const Shape& x, Shape& target, const std::vector<bool>& copied) {
  // Dynamic dimensions that are copied stand on both sides and cancel out; another leaves -1 open.
  Shape left = x, right = target;
  int missing = -1;
  for (int i = 0; i < target.rank(); ++i) {
    if (copied[static_cast<size_t>(i)] && x[i] == kDynamic) left[i] = right[i] = 1;
    if (!copied[static_cast<size_t>(i)] && target[i] == -1) missing = i;
  }
  if (missing >= 0) right[missing] = 1;
  const auto have = left.element_count();
  const auto want = right.element_count();
  if (!left.is_static()) return {};
  const bool fits =
      have && want && (missing < 0 ? *have == *want : *want > 0 && *have % *want == 0);
  if (!fits) {
    return contradiction("an input of shape " + x.to_string() + " does not reshape to " +
                         target.to_string());
  }
  if (missing >= 0) target[missing] = *have / *want;
  return {};
}

Status check_target(const std::vector<int64_t>& dims) {
  const bool valid = std::all_of(dims.begin(), dims.end(), [](int64_t d) { return d >= -1; }) &&
                     std::count(dims.begin(), dims.end(), -1) <= 1;
  if (valid && dims.size() <= size_t{kMaxRank}) return {};
  return contradiction("a target of shape " + Shape(dims).to_string() +
                       " makes no sense: one dimension may be -1, and there may be " +
                       std::to_string(kMaxRank));
}

Status reshape(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  const auto dims = c.integers(1);
  if (!dims) {
    const auto rank = c.length(1);
    if (rank && *rank <= kMaxRank) {
      c.set(0, c.dtype(0), unknown_shape(static_cast<int>(*rank)));
    }
    return {};
  }
  OCTAVO_RETURN_IF_ERROR(check_target(*dims));
  Shape target(*dims);
  std::vector<bool> copied(dims->size(), false);
  const bool zero_copies = c.attrs().get_int("allowzero", 0) == 0;
  const Shape* x = c.shape(0);
  for (int i = 0; i < target.rank(); ++i) {
    if (target[i] != 0 || !zero_copies) continue;
    if (x && i >= x->rank()) {
      return contradiction("a target of shape " + target.to_string() +
                           " copies a dimension that an input of shape " + x->to_string() +
                           " does not have");
    }
    copied[static_cast<size_t>(i)] = true;
    target[i] = x ? (*x)[i] : kDynamic;
  }
  if (x) OCTAVO_RETURN_IF_ERROR(fill_in_missing(*x, target, copied));
  c.set(0, c.dtype(0), std::move(target));
  return {};
}

// The product of dimensions, dynamic where one is.
int64_t product(const Shape& x, int from, int to) {
  const Shape part(std::vector<int64_t>(x.dims().begin() + from, x.dims().begin() + to));
  return part.element_count().value_or(kDynamic);
}

Status flatten(const ShapeContext& c) {
  c.set(0, c.dtype(0), unknown_shape(2));
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  const int64_t axis = c.attrs().get_int("axis", 1);
  if (axis < -x.rank() || axis > x.rank()) {  // one more than resolve_axis allows
    return contradiction("attribute axis is " + std::to_string(axis) +
                         ", but the input has shape " + x.to_string());
  }
  const int split = static_cast<int>(axis < 0 ? axis + x.rank() : axis);
  c.set(0, c.dtype(0), Shape{product(x, 0, split), product(x, split, x.rank())});
  return {};
}

// Axes as marks on a tensor of `rank` dimensions; each may be named once.
Result<std::vector<bool>> marked(const std::vector<int64_t>& axes, int rank) {
  std::vector<bool> marks(static_cast<size_t>(rank), false);
  for (const int64_t axis : axes) {
    const auto resolved = resolve_axis(axis, rank);
    if (!resolved || marks[static_cast<size_t>(*resolved)]) {
      return contradiction("axis " + std::to_string(axis) + " of " + std::to_string(rank) +
                           " dimensions does not exist or is named twice");
    }
    marks[static_cast<size_t>(*resolved)] = true;
  }
  return marks;
}

Status squeeze(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  std::vector<bool> gone(static_cast<size_t>(x.rank()), false);
  if (c.has(1)) {
    const auto axes = c.integers(1);
    const auto count = c.length(1);
    if (!axes) {
      if (count && *count <= x.rank()) {
        c.set(0, c.dtype(0), unknown_shape(x.rank() - static_cast<int>(*count)));
      }
      return {};
    }
    OCTAVO_ASSIGN_OR_RETURN(gone, marked(*axes, x.rank()));
  } else {
    if (!x.is_static()) return {};
    for (int i = 0; i < x.rank(); ++i) gone[static_cast<size_t>(i)] = x[i] == 1;
  }
  std::vector<int64_t> dims;
  for (int i = 0; i < x.rank(); ++i) {
    if (!gone[static_cast<size_t>(i)]) {
      dims.push_back(x[i]);
    } else if (!may_be_equal(x[i], 1)) {
      return contradiction("axis " + std::to_string(i) + " of an input of shape " + x.to_string() +
                           " cannot be dropped: it is not 1");
    }
  }
  c.set(0, c.dtype(0), Shape(std::move(dims)));
  return {};
}

Status unsqueeze(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  const auto axes = c.integers(1);
  const auto count = axes ? static_cast<int64_t>(axes->size()) : c.length(1);
  if (!c.shape(0) || !count) return {};
  const Shape& x = *c.shape(0);
  if (*count > kMaxRank) return contradiction("there are too many axes to add");
  const int rank = x.rank() + static_cast<int>(*count);
  Shape result = unknown_shape(rank);
  if (axes) {
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<bool> added, marked(*axes, rank));
    for (int to = 0, from = 0; to < rank; ++to) {
      result[to] = added[static_cast<size_t>(to)] ? 1 : x[from++];
    }
  }
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kFlatten, flatten, "T"},
    ShapeRule{Op::kReshape, reshape, "Tl"},
    ShapeRule{Op::kSqueeze, squeeze, "Tl"},
    ShapeRule{Op::kUnsqueeze, unsqueeze, "Tl"},
};

}  // namespace

std::span<const ShapeRule> reshaping_rules() { return kRules; }

}  // namespace octavo
