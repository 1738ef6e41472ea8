// Operators that keep the shape of their input and look along some axes of it.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

std::optional<Shape> shape_of(const ShapeContext& c) {
  return c.shape(0) ? std::optional<Shape>(*c.shape(0)) : std::nullopt;
}

Status same(const ShapeContext& c) {
  c.set(0, c.dtype(0), shape_of(c));
  return {};
}

Status along_axis(const ShapeContext& c) {
  if (c.shape(0)) OCTAVO_RETURN_IF_ERROR(c.axis("axis", -1, c.shape(0)->rank()).status());
  return same(c);
}

// Inputs 1.. hold one number a channel (axis 1 of input 0).
Status per_channel(const ShapeContext& c) {
  const Shape* x = c.shape(0);
  if (x && x->rank() < 2) {
    return contradiction("the input has shape " + x->to_string() + " and so no channels");
  }
  const int64_t channels = x ? (*x)[1] : kDynamic;
  for (size_t i = 1; i < c.input_count(); ++i) {
    const Shape* shape = c.shape(i);
    if (!shape || (shape->rank() == 1 && may_be_equal((*shape)[0], channels))) continue;
    return contradiction("input " + std::to_string(i) + " has shape " + shape->to_string() +
                         ", but there are " + std::to_string(channels) + " channels");
  }
  return same(c);
}

Status lrn(const ShapeContext& c) {
  if (c.shape(0) && c.shape(0)->rank() < 2) return contradiction("the input has no channels");
  if (c.attrs().get_int("size", 0) < 1) return contradiction("attribute size must be at least 1");
  return same(c);
}

// Scale and bias stretch over the normalized axes; outputs 1 and 2 have these as 1.
Status layer_normalization(const ShapeContext& c) {
  const DType dtype = c.dtype(0);
  c.set(0, dtype, shape_of(c));
  c.set(1, DType::kFloat32, std::nullopt);
  c.set(2, DType::kFloat32, std::nullopt);
  if (!c.shape(0)) return {};
  const Shape& x = *c.shape(0);
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", -1, x.rank()));
  const Shape normalized(std::vector<int64_t>(x.dims().begin() + axis, x.dims().end()));
  for (size_t i = 1; i < c.input_count(); ++i) {
    const Shape* shape = c.shape(i);
    if (!shape) continue;
    OCTAVO_ASSIGN_OR_RETURN(const Shape both, broadcast(normalized, *shape));
    bool fits = both.rank() == normalized.rank();
    for (int a = 0; fits && a < both.rank(); ++a) fits = may_be_equal(both[a], normalized[a]);
    if (!fits) {
      return contradiction("input " + std::to_string(i) + " has shape " + shape->to_string() +
                           ", but the normalized axes are " + normalized.to_string());
    }
  }
  Shape statistics = x;
  for (int a = axis; a < x.rank(); ++a) statistics[a] = 1;
  c.set(1, DType::kFloat32, statistics);
  c.set(2, DType::kFloat32, statistics);
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kBatchNormalization, per_channel, "F"},
    ShapeRule{Op::kInstanceNormalization, per_channel, "F"},
    ShapeRule{Op::kLRN, lrn, "F"},
    ShapeRule{Op::kLayerNormalization, layer_normalization, "F", 3},
    ShapeRule{Op::kLogSoftmax, along_axis, "F"},
    ShapeRule{Op::kLpNormalization, along_axis, "F"},
    ShapeRule{Op::kSoftmax, along_axis, "F"},
};

}  // namespace

std::span<const ShapeRule> normalization_rules() { return kRules; }

}  // namespace octavo
