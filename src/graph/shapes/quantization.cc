// QuantizeLinear and DequantizeLinear: x, scale, zero_point. DynamicQuantizeLinear: x gives all
// three.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

// Scales in blocks have the shape of x but for the axis, where one serves `block` indices.
Status check_blocks(const ShapeContext& c, int64_t block, const Shape& x, const Shape& scale) {
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 1, x.rank()));
  bool fits = block > 0 && scale.rank() == x.rank();
  for (int i = 0; fits && i < x.rank(); ++i) {
    const bool is_blocked = i == axis && x[i] != kDynamic;
    fits = may_be_equal(scale[i], is_blocked ? blocks_in(x[i], block) : x[i]);
  }
  if (fits) return {};
  return contradiction("scales of shape " + scale.to_string() + " do not fit blocks of " +
                       std::to_string(block) + " in an input of shape " + x.to_string());
}

// A scale is one number, or one for each index of an axis, or for each block of them; the zero
// point is shaped like it.
Status check_scale(const ShapeContext& c) {
  const Shape *x = c.shape(0), *scale = c.shape(1), *zero_point = c.shape(2);
  const int64_t block = c.attrs().get_int("block_size", 0);
  if (block == 0 && scale && scale->rank() > 1) {
    return contradiction("scales of shape " + scale->to_string() + " have no block_size");
  }
  if (scale && zero_point &&
      !may_be_equal(scale->element_count().value_or(kDynamic),
                    zero_point->element_count().value_or(kDynamic))) {
    return contradiction("scale and zero point have shapes " + scale->to_string() + " and " +
                         zero_point->to_string());
  }
  if (block != 0) return x && scale ? check_blocks(c, block, *x, *scale) : ok_status();
  const int64_t count = scale ? scale->element_count().value_or(kDynamic) : kDynamic;
  if (!x || count == kDynamic || count == 1) return {};
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", 1, x->rank()));
  if (may_be_equal((*x)[axis], count)) return {};
  return contradiction("there are " + std::to_string(count) + " scales, but axis " +
                       std::to_string(axis) + " of the input has size " +
                       std::to_string((*x)[axis]));
}

std::optional<Shape> shape_of(const ShapeContext& c) {
  return c.shape(0) ? std::optional<Shape>(*c.shape(0)) : std::nullopt;
}

DType quantized_dtype(const ShapeContext& c) {
  if (c.has(2)) return c.dtype(2);
  return c.attrs().has("output_dtype") ? dtype_from_onnx(c.attrs().get_int("output_dtype", 0))
                                       : DType::kUint8;
}

Status quantize(const ShapeContext& c) {
  OCTAVO_RETURN_IF_ERROR(check_scale(c));
  c.set(0, quantized_dtype(c), shape_of(c));
  return {};
}

Status dequantize(const ShapeContext& c) {
  OCTAVO_RETURN_IF_ERROR(check_scale(c));
  if (c.has(2) && c.dtype(0) != DType::kUnknown && c.dtype(2) != DType::kUnknown &&
      c.dtype(0) != c.dtype(2)) {
    return contradiction(std::string("the input is ") + name_of(c.dtype(0)) +
                         ", but its zero point is " + name_of(c.dtype(2)));
  }
  c.set(0, DType::kFloat32, shape_of(c));
  return {};
}

Status dynamic_quantize(const ShapeContext& c) {
  c.set(0, DType::kUint8, shape_of(c));
  c.set(1, DType::kFloat32, Shape{});
  c.set(2, DType::kUint8, Shape{});
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kDequantizeLinear, dequantize, ".F."},
    ShapeRule{Op::kDynamicQuantizeLinear, dynamic_quantize, "F", 3},
    ShapeRule{Op::kQuantizeLinear, quantize, ".F."},
};

}  // namespace

std::span<const ShapeRule> quantization_rules() { return kRules; }

}  // namespace octavo
