// Slice and Pad: taking away and adding at the ends of axes.
#include <algorithm>
#include <array>
#include <numeric>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

std::string text(int64_t number) { return std::to_string(number); }

// Numpy's start:end:step over `dim` elements.
int64_t slice_count(int64_t dim, int64_t start, int64_t end, int64_t step) {
  if (dim == 0) return 0;
  if (start < 0) start += dim;
  if (end < 0) end += dim;
  if (step > 0) {
    start = std::clamp<int64_t>(start, 0, dim);
    end = std::clamp<int64_t>(end, 0, dim);
    return end > start ? (end - start - 1) / step + 1 : 0;
  }
  start = std::clamp<int64_t>(start, 0, dim - 1);
  end = std::clamp<int64_t>(end, -1, dim - 1);
  step = std::max(step, -kMaxElements - 1);  // so that it can be negated
  return start > end ? (start - end - 1) / -step + 1 : 0;
}

// The axes that an input names; 0, 1, 2... where it is left out, nullopt where unknown.
std::optional<std::vector<int64_t>> named_axes(const ShapeContext& c, size_t input, size_t count) {
  if (c.has(input)) return c.integers(input);
  std::vector<int64_t> axes(count);
  std::iota(axes.begin(), axes.end(), 0);
  return axes;
}

Status bad_axis(int64_t axis, const Shape& x) {
  return contradiction("axis " + text(axis) + " lies outside an input of shape " + x.to_string() +
                       " or is named twice");
}

Status slice(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  Shape result = *c.shape(0);
  const auto starts = c.integers(1), ends = c.integers(2);
  const auto count = starts ? static_cast<int64_t>(starts->size()) : c.length(1).value_or(-1);
  const auto axes =
      count < 0 ? std::nullopt
                : named_axes(c, 3, static_cast<size_t>(std::min(count, int64_t{kMaxRank} + 1)));
  if (!axes) {
    c.set(0, c.dtype(0), unknown_shape(result.rank()));
    return {};
  }
  const auto steps = c.has(4) ? c.integers(4) : std::vector<int64_t>(axes->size(), 1);
  const bool known = starts && ends && steps;
  if (static_cast<int64_t>(axes->size()) != count ||
      (known && (ends->size() != axes->size() || steps->size() != axes->size()))) {
    return contradiction("starts, ends, axes and steps are not equally many");
  }
  std::vector<bool> seen(static_cast<size_t>(result.rank()), false);
  for (size_t i = 0; i < axes->size(); ++i) {
    const auto axis = resolve_axis((*axes)[i], result.rank());
    if (!axis || seen[static_cast<size_t>(*axis)]) return bad_axis((*axes)[i], *c.shape(0));
    seen[static_cast<size_t>(*axis)] = true;
    if (known && (*steps)[i] == 0) return contradiction("a step of 0 goes nowhere");
    int64_t& dim = result[*axis];
    if (dim != kDynamic) {
      dim = known ? slice_count(dim, (*starts)[i], (*ends)[i], (*steps)[i]) : kDynamic;
    }
  }
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

// Padding by what lies in the tensor needs something there.
Status check_mode(const std::string& mode, int64_t dim, int64_t begin, int64_t end) {
  const int64_t widest = std::max(begin, end);
  if (widest <= 0 || mode == "constant") return {};
  if (mode == "reflect" ? widest < dim : dim > 0 && (mode != "wrap" || widest <= dim)) return {};
  return contradiction("mode " + mode + " cannot pad " + text(dim) + " elements by " +
                       text(widest));
}

Status pad(const ShapeContext& c) {
  c.set(0, c.dtype(0), std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  const auto pads = c.integers(1);
  const auto axes =
      pads ? named_axes(c, 3, c.has(3) ? 0 : static_cast<size_t>(x.rank())) : std::nullopt;
  if (!axes) {
    c.set(0, c.dtype(0), unknown_shape(x.rank()));
    return {};
  }
  if (pads->size() != 2 * axes->size()) {
    return contradiction(text(static_cast<int64_t>(pads->size())) + " pads do not fit " +
                         text(static_cast<int64_t>(axes->size())) + " axes");
  }
  const std::string mode = c.attrs().get_string("mode", "constant");
  Shape result = x;
  std::vector<bool> seen(static_cast<size_t>(x.rank()), false);
  for (size_t i = 0; i < axes->size(); ++i) {
    const auto axis = resolve_axis((*axes)[i], x.rank());
    if (!axis || seen[static_cast<size_t>(*axis)]) return bad_axis((*axes)[i], x);
    seen[static_cast<size_t>(*axis)] = true;
    const int64_t begin = (*pads)[i], end = (*pads)[i + axes->size()];
    if (std::max(begin, end) > kMaxElements || std::min(begin, end) < -kMaxElements) {
      return contradiction("pads of " + text(begin) + " and " + text(end) + " make no sense");
    }
    int64_t& dim = result[*axis];
    if (dim == kDynamic) continue;
    OCTAVO_RETURN_IF_ERROR(check_mode(mode, dim, begin, end));
    if (dim + begin + end < 0 || std::min(begin, end) < -dim) {
      return contradiction("pads of " + text(begin) + " and " + text(end) +
                           " take more away than the " + text(dim) + " elements there are");
    }
    dim += begin + end;
  }
  c.set(0, c.dtype(0), std::move(result));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kPad, pad, "TlTi"},
    ShapeRule{Op::kSlice, slice, "Ti"},
};

}  // namespace

std::span<const ShapeRule> slicing_rules() { return kRules; }

}  // namespace octavo
