// Concat and Split.
#include <algorithm>
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

std::string text(int64_t number) { return std::to_string(number); }

// Joins `next` onto `sum` along the axis; all other dimensions agree.
Status join(Shape& sum, const Shape& next, int axis) {
  bool fits = next.rank() == sum.rank();
  for (int i = 0; fits && i < sum.rank(); ++i) {
    if (i == axis) continue;
    fits = may_be_equal(sum[i], next[i]);
    if (sum[i] == kDynamic) sum[i] = next[i];
  }
  if (!fits) {
    return contradiction("shapes " + sum.to_string() + " and " + next.to_string() +
                         " do not join along axis " + text(axis));
  }
  const bool known = sum[axis] != kDynamic && next[axis] != kDynamic;
  sum[axis] = known ? std::min(sum[axis] + next[axis], kMaxElements + 1) : kDynamic;
  return {};
}

DType first_known_dtype(const ShapeContext& c) {
  for (const ValueInfo& input : c.inputs()) {
    if (input.dtype != DType::kUnknown) return input.dtype;
  }
  return DType::kUnknown;
}

Status concat(const ShapeContext& c) {
  const bool lowered = c.node().op == Op::kQLinearConcat;
  const DType dtype = lowered ? c.wanted_dtype(0) : first_known_dtype(c);
  c.set(0, dtype, std::nullopt);
  if (!c.shape(0)) return {};
  Shape sum = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 0, sum.rank()));
  for (size_t i = 1; i < c.input_count(); ++i) {
    if (!c.shape(i)) sum[axis] = kDynamic;
    if (c.shape(i)) OCTAVO_RETURN_IF_ERROR(join(sum, *c.shape(i), axis));
  }
  c.set(0, dtype, std::move(sum));
  return {};
}

// Parts as equal as can be: all of one size, the last takes what is left.
Result<std::vector<int64_t>> equal_parts(int64_t dim, int64_t count) {
  if (dim == kDynamic) return std::vector<int64_t>(static_cast<size_t>(count), kDynamic);
  const int64_t part = (dim + count - 1) / count;
  std::vector<int64_t> parts(static_cast<size_t>(count), part);
  parts.back() = dim - part * (count - 1);
  if (parts.back() >= 0) return parts;
  return contradiction(text(dim) + " cannot be split into " + text(count) + " parts");
}

Result<std::vector<int64_t>> split_parts(const ShapeContext& c, int64_t dim) {
  const auto count = static_cast<int64_t>(c.output_count());
  if (!c.has(1)) {
    const int64_t told = c.attrs().get_int("num_outputs", count);
    if (told == count) return equal_parts(dim, count);
    return contradiction("attribute num_outputs is " + text(told) + ", but there are " +
                         text(count) + " outputs");
  }
  const auto parts = c.integers(1);
  if (!parts) return std::vector<int64_t>(static_cast<size_t>(count), kDynamic);
  bool fits = static_cast<int64_t>(parts->size()) == count;
  int64_t sum = 0;
  for (const int64_t part : *parts) {
    fits = fits && part >= 0 && part <= kMaxElements && (sum += part) <= kMaxElements;
  }
  if (fits && may_be_equal(sum, dim)) return *parts;
  return contradiction("the parts " + Shape(*parts).to_string() + " do not make up " +
                       Shape{dim}.to_string() + " in " + text(count) + " outputs");
}

Status split(const ShapeContext& c) {
  for (size_t i = 0; i < c.output_count(); ++i) c.set(i, c.dtype(0), std::nullopt);
  if (!c.shape(0) || c.output_count() == 0) return {};
  Shape part = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 0, part.rank()));
  OCTAVO_ASSIGN_OR_RETURN(const auto parts, split_parts(c, part[axis]));
  for (size_t i = 0; i < c.output_count(); ++i) {
    part[axis] = parts[i];
    c.set(i, c.dtype(0), part);
  }
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kConcat, concat, "T"},
    ShapeRule{Op::kQLinearConcat, concat, "."},
    ShapeRule{Op::kSplit, split, "Tl", -1},
};

}  // namespace

std::span<const ShapeRule> joining_rules() { return kRules; }

}  // namespace octavo
