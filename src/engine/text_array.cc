#include "engine/text_array.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "engine/ranges/lines.h"

namespace octavo {
namespace {

constexpr int64_t kMostElements = int64_t{1} << 28;

Status wrong(const std::string& what) { return {ErrorCode::kCalibrationData, what}; }

Status wrong_count(size_t count, const Shape& shape) {
  return wrong("holds " + std::to_string(count) + " numbers, which do not fill the shape " +
               shape.to_string());
}

template <typename T>
bool holds(double x) {
  if constexpr (std::is_floating_point_v<T>) return std::fabs(x) <= std::numeric_limits<T>::max();
  return x == std::floor(x) && x >= static_cast<double>(std::numeric_limits<T>::lowest()) &&
         x < std::ldexp(1.0, std::numeric_limits<T>::digits);
}

template <typename T>
Result<Tensor> as(std::span<const double> numbers, DType dtype, const Shape& shape) {
  std::vector<T> values;
  values.reserve(numbers.size());
  for (const double x : numbers) {
    const bool fits = dtype == DType::kBool ? x == 0 || x == 1 : holds<T>(x);
    if (!fits)
      return wrong("holds " + text_of(static_cast<float>(x)) + ", which is no " + name_of(dtype));
    values.push_back(static_cast<T>(x));
  }
  return Tensor(dtype, shape, Buffer::copy_of(std::span<const T>(values)));
}

Result<Tensor> tensor_of(std::span<const double> numbers, DType dtype, const Shape& shape) {
  switch (dtype) {
    case DType::kFloat32:
      return as<float>(numbers, dtype, shape);
    case DType::kFloat64:
      return as<double>(numbers, dtype, shape);
    case DType::kInt64:
      return as<int64_t>(numbers, dtype, shape);
    case DType::kInt32:
      return as<int32_t>(numbers, dtype, shape);
    case DType::kInt16:
      return as<int16_t>(numbers, dtype, shape);
    case DType::kInt8:
      return as<int8_t>(numbers, dtype, shape);
    case DType::kUint8:
    case DType::kBool:
      return as<uint8_t>(numbers, dtype, shape);
    default:
      return wrong(std::string("cannot be text: the input is ") + name_of(dtype) +
                   "; give a .npy array");
  }
}

Result<std::vector<double>> numbers_in(std::string_view text) {
  std::vector<double> numbers;
  Lines lines(text);
  while (const auto line = lines.next()) {
    for (const std::string_view field : fields_of(*line)) {
      const auto number = number_in(field);
      if (!number) {
        return Status(ErrorCode::kCalibrationData, "wants finite numbers between blanks",
                      "line " + std::to_string(lines.number()));
      }
      numbers.push_back(*number);
    }
  }
  return numbers;
}

// With no dimension left open.
Result<Shape> settled(const Shape& shape, size_t count) {
  std::vector<int64_t> dims = shape.dims();
  if (std::ranges::count(dims, kDynamic) > 1) *std::ranges::find(dims, kDynamic) = 1;
  if (std::ranges::count(dims, kDynamic) > 1) {
    return wrong("has a shape that leaves too much open: " + shape.to_string());
  }
  const auto open = std::ranges::find(dims, kDynamic);
  if (open == dims.end()) return Shape(std::move(dims));
  *open = 1;
  const std::optional<int64_t> known = Shape(dims).element_count();
  if (!known || *known == 0 || count % static_cast<size_t>(*known) != 0) {
    return wrong_count(count, shape);
  }
  *open = static_cast<int64_t>(count) / *known;
  return Shape(std::move(dims));
}

}  // namespace

Result<Tensor> read_text_array(std::string_view text, DType dtype, const Shape& shape) {
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<double> numbers, numbers_in(text));
  OCTAVO_ASSIGN_OR_RETURN(const Shape whole, settled(shape, numbers.size()));
  if (whole.element_count() != static_cast<int64_t>(numbers.size())) {
    return wrong_count(numbers.size(), shape);
  }
  return tensor_of(numbers, dtype, whole);
}

Result<Tensor> filled_array(double value, DType dtype, const Shape& shape) {
  const std::optional<int64_t> count = shape.element_count();
  if (!count || *count > kMostElements) {
    return wrong("cannot be filled, its shape is " + shape.to_string());
  }
  return tensor_of(std::vector<double>(static_cast<size_t>(*count), value), dtype, shape);
}

}  // namespace octavo
