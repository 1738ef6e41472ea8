// Convolutions and pools; their arithmetic is conv_geometry's.
#include <array>

#include "graph/conv_geometry.h"
#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

// Nodes of a lowered graph may say that their dimensions are (N, H, W, C).
bool is_channels_last(const ShapeContext& c) { return c.attrs().get_int("channels_last", 0) != 0; }

// The type that a lowered node was given, that of the input for all others.
DType output_dtype(const ShapeContext& c) {
  const Op op = c.node().op;
  const bool lowered = op == Op::kQLinearConv || op == Op::kQLinearAveragePool ||
                       op == Op::kQLinearGlobalAveragePool;
  return lowered ? c.wanted_dtype(0) : c.dtype(0);
}

Status check_bias(const ShapeContext& c, int64_t out_channels) {
  const Shape* bias = c.shape(2);
  if (!bias || (bias->rank() == 1 && may_be_equal((*bias)[0], out_channels))) return {};
  return contradiction("the bias has shape " + bias->to_string() + ", but there are " +
                       std::to_string(out_channels) + " output channels");
}

// What input 2 is.
enum class Third { kBias, kZeroPoint };

using GeometryFn = Result<ConvGeometry> (*)(const Attributes&, const Shape&, const Shape&, bool);

Status convolve(const ShapeContext& c, GeometryFn geometry_of, DType dtype, Third third) {
  c.set(0, dtype, std::nullopt);
  if (!c.shape(1)) return {};
  const Shape& w = *c.shape(1);
  if (!w.is_static()) {
    c.set(0, dtype, unknown_shape(w.rank()));
    return {};
  }
  const Shape x = c.shape(0) ? *c.shape(0) : unknown_shape(w.rank());
  OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                          geometry_of(c.attrs(), x, w, is_channels_last(c)));
  if (third == Third::kBias) OCTAVO_RETURN_IF_ERROR(check_bias(c, geometry.out_channels));
  c.set(0, dtype, geometry.output_shape(is_channels_last(c)));
  return {};
}

Status conv(const ShapeContext& c) {
  return convolve(c, conv_geometry, output_dtype(c), Third::kBias);
}

Status conv_transpose(const ShapeContext& c) {
  return convolve(c, conv_transpose_geometry, output_dtype(c), Third::kBias);
}

Status conv_integer(const ShapeContext& c) {
  OCTAVO_RETURN_IF_ERROR(check_bytes(c));
  const bool real = c.node().op == Op::kConvIntegerToFloat;
  return convolve(c, conv_geometry, real ? DType::kFloat32 : DType::kInt32, Third::kZeroPoint);
}

Status pool(const ShapeContext& c) {
  const DType dtype = output_dtype(c);
  c.set(0, dtype, std::nullopt);
  c.set(1, DType::kInt64, std::nullopt);  // MaxPool's Indices
  if (!c.shape(0)) return {};
  OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                          pool_geometry(c.attrs(), *c.shape(0), is_channels_last(c)));
  c.set(0, dtype, geometry.output_shape(is_channels_last(c)));
  c.set(1, DType::kInt64, geometry.output_shape(is_channels_last(c)));
  return {};
}

Status global_pool(const ShapeContext& c) {
  const DType dtype = output_dtype(c);
  c.set(0, dtype, std::nullopt);
  if (!c.shape(0)) return {};
  Shape shape = *c.shape(0);
  if (shape.rank() < 3) {
    return contradiction("the input has shape " + shape.to_string() +
                         " and so no spatial dimensions");
  }
  const int first = is_channels_last(c) ? 1 : 2;
  for (int i = first; i < first + shape.rank() - 2; ++i) {
    if (shape[i] == 0) return contradiction("the input is empty, and so has no average or maximum");
    shape[i] = 1;
  }
  c.set(0, dtype, std::move(shape));
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kAveragePool, pool, "F"},
    ShapeRule{Op::kConv, conv, "F"},
    ShapeRule{Op::kConvInteger, conv_integer, "."},
    ShapeRule{Op::kConvIntegerToFloat, conv_integer, "."},
    ShapeRule{Op::kConvTranspose, conv_transpose, "F"},
    ShapeRule{Op::kGlobalAveragePool, global_pool, "F"},
    ShapeRule{Op::kGlobalMaxPool, global_pool, "T"},
    ShapeRule{Op::kMaxPool, pool, "T", 2},
    ShapeRule{Op::kQLinearAveragePool, pool, "."},
    ShapeRule{Op::kQLinearConv, conv, "."},
    ShapeRule{Op::kQLinearGlobalAveragePool, global_pool, "."},
};

}  // namespace

std::span<const ShapeRule> conv_pool_rules() { return kRules; }

}  // namespace octavo
