#include "graph/shapes/shape_rule.h"

#include <algorithm>

namespace octavo {

bool ShapeContext::has(size_t i) const {
  if (i >= inputs_.size()) return false;
  if (i < node_.inputs.size()) return node_.inputs[i] != kNoValue;
  return inputs_[i].dtype != DType::kUnknown || inputs_[i].shape.has_value();
}

DType ShapeContext::dtype(size_t i) const { return has(i) ? inputs_[i].dtype : DType::kUnknown; }

const Shape* ShapeContext::shape(size_t i) const {
  return has(i) && inputs_[i].shape ? &*inputs_[i].shape : nullptr;
}

const Tensor* ShapeContext::constant(size_t i) const {
  return has(i) ? inputs_[i].constant : nullptr;
}

std::optional<std::vector<int64_t>> ShapeContext::integers(size_t i) const {
  const Tensor* tensor = constant(i);
  if (!tensor) return std::nullopt;
  std::vector<int64_t> values = tensor->integers();
  if (static_cast<int64_t>(values.size()) != tensor->count()) return std::nullopt;  // not integers
  return values;
}

std::optional<int64_t> ShapeContext::length(size_t i) const {
  const Shape* known = shape(i);
  if (!known || known->rank() != 1 || !known->is_static()) return std::nullopt;
  return (*known)[0];
}

Result<int> ShapeContext::axis(const char* name, int64_t fallback, int rank) const {
  const int64_t value = attrs().get_int(name, fallback);
  const auto resolved = resolve_axis(value, rank);
  if (resolved) return *resolved;
  return contradiction(std::string("attribute ") + name + " is " + std::to_string(value) +
                       ", but the input has " + std::to_string(rank) + " dimensions");
}

void ShapeContext::set(size_t i, DType dtype, std::optional<Shape> shape) const {
  if (i >= outputs_.size()) return;
  outputs_[i].dtype = dtype;
  outputs_[i].shape = std::move(shape);
}

DType ShapeContext::wanted_dtype(size_t i) const {
  return i < outputs_.size() ? outputs_[i].dtype : DType::kUnknown;
}

namespace {

std::string place(size_t input, DType dtype) {
  return "input " + std::to_string(input) + " is " + name_of(dtype);
}

bool is_float(DType dtype) { return dtype == DType::kFloat32 || dtype == DType::kFloat64; }

// What a letter demands of one input alone; null where it is met.
const char* unmet(char letter, DType dtype) {
  switch (letter) {
    case 'F':
      return is_float(dtype) ? nullptr : "a float type";
    case 'i':
      return dtype == DType::kInt32 || dtype == DType::kInt64 ? nullptr : "int32 or int64";
    case 'l':
      return dtype == DType::kInt64 ? nullptr : "int64";
    case 'b':
      return dtype == DType::kBool ? nullptr : "bool";
    default:
      return nullptr;
  }
}

}  // namespace

Status check_types(const ShapeRule& rule, const ShapeContext& context) {
  const std::string letters = rule.types;
  DType common = DType::kUnknown;
  for (size_t i = 0; i < context.input_count(); ++i) {
    const DType dtype = context.dtype(i);
    if (dtype == DType::kUnknown) continue;
    const char letter = letters[std::min(i, letters.size() - 1)];
    if (const char* wanted = unmet(letter, dtype)) {
      return contradiction(place(i, dtype) + ", but the operator wants " + wanted);
    }
    if (letter != 'T' && letter != 'F') continue;
    if (common != DType::kUnknown && common != dtype) {
      return contradiction(place(i, dtype) + ", but another input is " + name_of(common));
    }
    common = dtype;
  }
  return {};
}

Status check_bytes(const ShapeContext& c) {
  for (const size_t i : {0, 1}) {
    if (c.dtype(i) == DType::kUint8 || c.dtype(i) == DType::kInt8 ||
        c.dtype(i) == DType::kUnknown) {
      continue;
    }
    return contradiction("input " + std::to_string(i) + " is " + name_of(c.dtype(i)) +
                         ", which has no 8 bits");
  }
  for (const size_t i : {2, 3}) {
    if (c.dtype(i) == DType::kUnknown || c.dtype(i) == c.dtype(i - 2)) continue;
    return contradiction("a zero point is " + std::string(name_of(c.dtype(i))) +
                         ", but its input is " + name_of(c.dtype(i - 2)));
  }
  return {};
}

Shape unknown_shape(int rank) {
  return Shape(std::vector<int64_t>(static_cast<size_t>(rank), kDynamic));
}

bool may_be_equal(int64_t a, int64_t b) { return a == b || a == kDynamic || b == kDynamic; }

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  const int offset = longer.rank() - shorter.rank();
  Shape result = longer;
  for (int i = 0; i < shorter.rank(); ++i) {
    int64_t& dim = result[i + offset];
    const int64_t other = shorter[i];
    if (other == 1 || other == dim) continue;
    if (dim != 1 && dim != kDynamic && other != kDynamic) {
      return contradiction("shapes " + a.to_string() + " and " + b.to_string() +
                           " do not broadcast to each other");
    }
    // A dynamic dimension beside a known one above 1 can only be that or 1.
    if (dim == 1 || other != kDynamic) dim = other;
  }
  return result;
}

}  // namespace octavo
