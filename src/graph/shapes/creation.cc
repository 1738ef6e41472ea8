// Operators whose output has a shape of its own making: from shapes, numbers and contents.
#include <algorithm>
#include <array>
#include <cmath>

#include "graph/shapes/shape_rule.h"

namespace octavo {
namespace {

Status shape_op(const ShapeContext& c) {
  c.set(0, DType::kInt64, unknown_shape(1));
  if (!c.shape(0)) return {};
  const int64_t rank = c.shape(0)->rank();
  const auto clamped = [rank](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = clamped(c.attrs().get_int("start", 0));
  const int64_t end = clamped(c.attrs().get_int("end", rank));
  c.set(0, DType::kInt64, Shape{std::max<int64_t>(0, end - start)});
  return {};
}

Status size_op(const ShapeContext& c) {
  c.set(0, DType::kInt64, Shape{});
  return {};
}

Status constant_of_shape(const ShapeContext& c) {
  const ConstantPtr value = c.attrs().get_tensor("value");
  if (value && value->count() != 1) return contradiction("attribute value must be one number");
  const DType dtype = value ? value->dtype() : DType::kFloat32;
  const auto dims = c.integers(0);
  const auto rank = c.length(0);
  c.set(0, dtype, std::nullopt);
  if (dims) {
    if (std::any_of(dims->begin(), dims->end(), [](int64_t d) { return d < 0; })) {
      return contradiction("a shape of " + Shape(*dims).to_string() + " cannot exist");
    }
    c.set(0, dtype, Shape(*dims));
  } else if (rank && *rank <= kMaxRank) {
    c.set(0, dtype, unknown_shape(static_cast<int>(*rank)));
  }
  return {};
}

// Numbers of start, start + delta, ... before limit; negative where absurd.
int64_t range_count(int64_t start, int64_t limit, int64_t delta) {
  if (delta > 0 ? start >= limit : start <= limit) return 0;
  // Unsigned differences do not overflow.
  const uint64_t from = static_cast<uint64_t>(start), to = static_cast<uint64_t>(limit);
  const uint64_t distance = delta > 0 ? to - from : from - to;
  const uint64_t step = delta > 0 ? static_cast<uint64_t>(delta) : 0 - static_cast<uint64_t>(delta);
  const uint64_t count = (distance - 1) / step + 1;
  return count <= static_cast<uint64_t>(kMaxElements) ? static_cast<int64_t>(count) : -1;
}

int64_t range_count(double start, double limit, double delta) {
  const double count = std::ceil((limit - start) / delta);
  if (!(count <= static_cast<double>(kMaxElements))) return -1;  // NaN too
  return count > 0 ? static_cast<int64_t>(count) : 0;
}

// A float constant of one element, widened.
std::optional<double> real_number(const Tensor* tensor) {
  if (!tensor || tensor->count() != 1) return std::nullopt;
  if (tensor->dtype() == DType::kFloat32) return tensor->values<float>()[0];
  if (tensor->dtype() == DType::kFloat64) return tensor->values<double>()[0];
  return std::nullopt;
}

std::optional<int64_t> whole_number(const Tensor* tensor) {
  if (!tensor || tensor->count() != 1) return std::nullopt;
  const std::vector<int64_t> values = tensor->integers();
  return values.empty() ? std::nullopt : std::optional(values.front());
}

Status range(const ShapeContext& c) {
  c.set(0, c.dtype(0), unknown_shape(1));
  for (size_t i = 0; i < 3; ++i) {
    if (c.shape(i) && c.shape(i)->element_count().value_or(1) != 1) {
      return contradiction("start, limit and delta must be one number each");
    }
  }
  int64_t count = 0;
  const auto start = whole_number(c.constant(0)), limit = whole_number(c.constant(1)),
             delta = whole_number(c.constant(2));
  const auto from = real_number(c.constant(0)), to = real_number(c.constant(1)),
             by = real_number(c.constant(2));
  if (start && limit && delta) {
    count = *delta == 0 ? -1 : range_count(*start, *limit, *delta);
  } else if (from && to && by) {
    count = range_count(*from, *to, *by);
  } else {
    return {};
  }
  if (count < 0) return contradiction("start, limit and delta make no sensible range");
  c.set(0, c.dtype(0), Shape{count});
  return {};
}

Status one_hot(const ShapeContext& c) {
  c.set(0, c.dtype(2), std::nullopt);
  if (c.shape(1) && c.shape(1)->element_count().value_or(1) != 1) {
    return contradiction("depth must be one number");
  }
  if (c.shape(2) && c.shape(2)->element_count().value_or(2) != 2) {
    return contradiction("values must be two numbers: off and on");
  }
  if (!c.shape(0)) return {};
  std::vector<int64_t> dims = c.shape(0)->dims();
  OCTAVO_ASSIGN_OR_RETURN(const int axis, c.axis("axis", -1, c.shape(0)->rank() + 1));
  auto depth = whole_number(c.constant(1));
  const auto real = real_number(c.constant(1));
  if (!depth && real) depth = *real >= 0 && *real <= 0x1p40 ? static_cast<int64_t>(*real) : -1;
  if (depth && *depth < 0) return contradiction("depth must not be negative");
  dims.insert(dims.begin() + axis, depth.value_or(kDynamic));
  c.set(0, c.dtype(2), Shape(std::move(dims)));
  return {};
}

// How many there are, only the data tells.
Status non_zero(const ShapeContext& c) {
  c.set(0, DType::kInt64, unknown_shape(2));
  if (c.shape(0)) c.set(0, DType::kInt64, Shape{std::max(1, c.shape(0)->rank()), kDynamic});
  return {};
}

constexpr std::array kRules = {
    ShapeRule{Op::kConstantOfShape, constant_of_shape, "l"},
    ShapeRule{Op::kNonZero, non_zero, "."},
    ShapeRule{Op::kOneHot, one_hot, "."},
    ShapeRule{Op::kRange, range, "T"},
    ShapeRule{Op::kShape, shape_op, "."},
    ShapeRule{Op::kSize, size_op, "."},
};

}  // namespace

std::span<const ShapeRule> creation_rules() { return kRules; }

}  // namespace octavo
