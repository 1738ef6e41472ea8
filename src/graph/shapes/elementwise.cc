// One element from one element each, with numpy's broadcasting.
#include <array>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

std::optional<Shape> copy_of(const Shape* shape) {
  return shape ? std::optional<Shape>(*shape) : std::nullopt;
}

Status same(const ShapeContext& c) {
  c.set(0, c.dtype(0), copy_of(c.shape(0)));
  return {};
}

// Lowered: the type of the output was chosen when the node was made.
Status same_shape(const ShapeContext& c) {
  const DType wanted = c.wanted_dtype(0);
  c.set(0, wanted == DType::kUnknown ? c.dtype(0) : wanted, copy_of(c.shape(0)));
  return {};
}

Status clip(const ShapeContext& c) {
  for (const size_t i : {1, 2}) {
    const Shape* limit = c.shape(i);
    if (limit && limit->element_count().value_or(1) != 1) {
      return contradiction("input " + std::to_string(i) + " has shape " + limit->to_string() +
                           ", but a limit is one number");
    }
  }
  return same(c);
}

Status dropout(const ShapeContext& c) {
  c.set(1, DType::kBool, copy_of(c.shape(0)));
  return same(c);
}

Status cast(const ShapeContext& c) {
  const int64_t to = c.attrs().get_int("to", 0);
  const DType dtype = dtype_from_onnx(to);
  if (dtype == DType::kUnknown) {
    return {ErrorCode::kModelUnsupported,
            "attribute to is " + std::to_string(to) + ", which is no element type known here"};
  }
  c.set(0, dtype, copy_of(c.shape(0)));
  return {};
}

// The shape that inputs first.. broadcast to; nullopt where one is unknown.
Result<std::optional<Shape>> broadcast_inputs(const ShapeContext& c) {
  std::optional<Shape> result = Shape{};
  for (size_t i = 0; i < c.input_count(); ++i) {
    const Shape* shape = c.shape(i);
    if (!shape) return std::optional<Shape>();
    OCTAVO_ASSIGN_OR_RETURN(result, broadcast(*result, *shape));
  }
  return result;
}

DType first_known_dtype(const ShapeContext& c) {
  for (size_t i = 0; i < c.input_count(); ++i) {
    if (c.dtype(i) != DType::kUnknown) return c.dtype(i);
  }
  return DType::kUnknown;
}

Status broadcasting(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(auto shape, broadcast_inputs(c));
  c.set(0, first_known_dtype(c), std::move(shape));
  return {};
}

Status lowered_broadcasting(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(auto shape, broadcast_inputs(c));
  c.set(0, c.wanted_dtype(0), std::move(shape));
  return {};
}

Status pow(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(auto shape, broadcast_inputs(c));
  c.set(0, c.dtype(0), std::move(shape));  // the exponent may be of another type
  return {};
}

Status compare(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(auto shape, broadcast_inputs(c));
  c.set(0, DType::kBool, std::move(shape));
  return {};
}

Status where(const ShapeContext& c) {
  OCTAVO_ASSIGN_OR_RETURN(auto shape, broadcast_inputs(c));
  c.set(0, c.dtype(1) == DType::kUnknown ? c.dtype(2) : c.dtype(1), std::move(shape));
  return {};
}

// The slope stretches to the input, never the other way round.
Status prelu(const ShapeContext& c) {
  const Shape* x = c.shape(0);
  const Shape* slope = c.shape(1);
  if (x && slope) {
    OCTAVO_ASSIGN_OR_RETURN(const Shape both, broadcast(*x, *slope));
    bool fits = both.rank() == x->rank();
    for (int i = 0; fits && i < x->rank(); ++i) fits = may_be_equal(both[i], (*x)[i]);
    if (!fits) {
      return contradiction("a slope of shape " + slope->to_string() +
                           " does not fit an input of shape " + x->to_string());
    }
  }
  return same(c);
}

constexpr std::array kRules = {
    ShapeRule{Op::kAbs, same, "T"},
    ShapeRule{Op::kAdd, broadcasting, "T"},
    ShapeRule{Op::kAnd, compare, "b"},
    ShapeRule{Op::kCast, cast, "."},
    ShapeRule{Op::kCeil, same, "F"},
    ShapeRule{Op::kClip, clip, "T"},
    ShapeRule{Op::kCos, same, "F"},
    ShapeRule{Op::kDiv, broadcasting, "T"},
    ShapeRule{Op::kDropout, dropout, "T..", 2},
    ShapeRule{Op::kElu, same, "F"},
    ShapeRule{Op::kEqual, compare, "T"},
    ShapeRule{Op::kErf, same, "F"},
    ShapeRule{Op::kExp, same, "F"},
    ShapeRule{Op::kFloor, same, "F"},
    ShapeRule{Op::kGelu, same, "F"},
    ShapeRule{Op::kGreater, compare, "T"},
    ShapeRule{Op::kGreaterOrEqual, compare, "T"},
    ShapeRule{Op::kHardSigmoid, same, "F"},
    ShapeRule{Op::kHardSwish, same, "F"},
    ShapeRule{Op::kIdentity, same, "T"},
    ShapeRule{Op::kLeakyRelu, same, "F"},
    ShapeRule{Op::kLess, compare, "T"},
    ShapeRule{Op::kLessOrEqual, compare, "T"},
    ShapeRule{Op::kLog, same, "F"},
    ShapeRule{Op::kMax, broadcasting, "T"},
    ShapeRule{Op::kMean, broadcasting, "F"},
    ShapeRule{Op::kMin, broadcasting, "T"},
    ShapeRule{Op::kMod, broadcasting, "T"},
    ShapeRule{Op::kMul, broadcasting, "T"},
    ShapeRule{Op::kNeg, same, "T"},
    ShapeRule{Op::kNot, same, "b"},
    ShapeRule{Op::kOr, compare, "b"},
    ShapeRule{Op::kPRelu, prelu, "F"},
    ShapeRule{Op::kPow, pow, "."},
    ShapeRule{Op::kQLinearAdd, lowered_broadcasting, "."},
    ShapeRule{Op::kQLinearMul, lowered_broadcasting, "."},
    ShapeRule{Op::kQLinearUnary, same_shape, "."},
    ShapeRule{Op::kReciprocal, same, "F"},
    ShapeRule{Op::kRelu, same, "T"},
    ShapeRule{Op::kRequantize, same_shape, "."},
    ShapeRule{Op::kRound, same, "F"},
    ShapeRule{Op::kSigmoid, same, "F"},
    ShapeRule{Op::kSign, same, "T"},
    ShapeRule{Op::kSin, same, "F"},
    ShapeRule{Op::kSoftplus, same, "F"},
    ShapeRule{Op::kSoftsign, same, "F"},
    ShapeRule{Op::kSqrt, same, "F"},
    ShapeRule{Op::kSub, broadcasting, "T"},
    ShapeRule{Op::kSum, broadcasting, "F"},
    ShapeRule{Op::kTanh, same, "F"},
    ShapeRule{Op::kWhere, where, "bT"},
    ShapeRule{Op::kXor, compare, "b"},
};

}  // namespace

std::span<const ShapeRule> elementwise_rules() { return kRules; }

}  // namespace octavo
