// Operators that reduce along axes.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

Shape reduced(const Shape& x, const std::vector<bool>& gone, bool keep) {
  std::vector<int64_t> dims;
  for (int i = 0; i < x.rank(); ++i) {
    if (!gone[static_cast<size_t>(i)]) {
      dims.push_back(x[i]);
    } else if (keep) {
      dims.push_back(1);
    }
  }
  return Shape(std::move(dims));
}

Result<std::vector<bool>> marked(const std::vector<int64_t>& axes, int rank) {
  std::vector<bool> marks(static_cast<size_t>(rank), false);
  for (const int64_t axis : axes) {
    const auto resolved = resolve_axis(axis, rank);
    if (!resolved) {
      return contradiction("axis " + std::to_string(axis) + " lies outside an input of " +
                           std::to_string(rank) + " dimensions");
    }
    marks[static_cast<size_t>(*resolved)] = true;
  }
  return marks;
}

// Axes that are not known yet: all that may be said is the rank.
std::optional<Shape> with_unknown_axes(const ShapeContext& c, const Shape& x, bool keep) {
  if (keep) return unknown_shape(x.rank());
  const auto count = c.length(1);
  if (!count || *count < 1 || *count > x.rank()) return std::nullopt;
  return unknown_shape(x.rank() - static_cast<int>(*count));
}

Status reduce(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  const bool keep = c.attrs().get_int("keepdims", 1) != 0;
  const auto axes = c.has(1) ? c.integers(1) : std::vector<int64_t>();
  if (!axes && c.length(1) != 0) {
    c.set(0, c.dtype(0), with_unknown_axes(c, x, keep));
    return {};
  }
  OCTAVO_ASSIGN_OR_RETURN(std::vector<bool> gone,
                          marked(axes.value_or(std::vector<int64_t>()), x.rank()));
  const bool none_named = !axes || axes->empty();
  if (none_named && c.attrs().get_int("noop_with_empty_axes", 0) == 0) {
    gone.assign(gone.size(), true);
  }
  c.set(0, c.dtype(0), reduced(x, gone, keep));
  return {};
}

Status arg_reduce(const ShapeContext& c) {
  c.set(0, DType::kInt64, std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 0, x.rank()));
  if (x[axis] == 0) return contradiction("the largest of no elements is asked for");
  std::vector<bool> gone(static_cast<size_t>(x.rank()), false);
  gone[static_cast<size_t>(axis)] = true;
  c.set(0, DType::kInt64, reduced(x, gone, c.attrs().get_int("keepdims", 1) != 0));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kArgMax, arg_reduce, "."},  ShapeRule{Op::kArgMin, arg_reduce, "."},
    ShapeRule{Op::kReduceL2, reduce, "Tl"},   ShapeRule{Op::kReduceMax, reduce, "Tl"},
    ShapeRule{Op::kReduceMean, reduce, "Tl"}, ShapeRule{Op::kReduceMin, reduce, "Tl"},
    ShapeRule{Op::kReduceProd, reduce, "Tl"}, ShapeRule{Op::kReduceSum, reduce, "Tl"},
};

}  // namespace

std::span<const ShapeRule> reduce_rules() { return kRules; }

}  // namespace octavo
