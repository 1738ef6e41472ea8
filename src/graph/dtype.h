// Element types of tensors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace octavo {

enum class DType : uint8_t {
  kUnknown,
  kFloat32,
  kFloat64,
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kUint64,
  kInt64,
  kBool,     // one byte, 0 or 1
  kUint4,    // weights: one byte an element in memory, two elements a byte in files
  kInt4,     // likewise
  kFloat16,  // weights that a Cast reads
  kString,   // never run; kept so that models holding strings still open
};
// Half precision is written, but never read: readers widen it to float32.

size_t size_of(DType dtype);       // bytes an element; 0 for unknown and string
const char* name_of(DType dtype);  // "float32", "int8", ...
// kInt8 of kInt4, kUint8 of kUint4: the type whose elements lie in memory; else the type itself.
DType stored_dtype(DType dtype);
DType dtype_from_name(std::string_view name);  // kUnknown where there is none
// Attributes such as Cast's `to` hold ONNX's numbers; kUnknown where there is none here.
DType dtype_from_onnx(int64_t code);

template <typename T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<float>() {
  return DType::kFloat32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::kFloat64;
}
template <>
constexpr DType dtype_of<uint8_t>() {
  return DType::kUint8;
}
template <>
constexpr DType dtype_of<int8_t>() {
  return DType::kInt8;
}
template <>
constexpr DType dtype_of<uint16_t>() {
  return DType::kUint16;
}
template <>
constexpr DType dtype_of<int16_t>() {
  return DType::kInt16;
}
template <>
constexpr DType dtype_of<uint32_t>() {
  return DType::kUint32;
}
template <>
constexpr DType dtype_of<int32_t>() {
  return DType::kInt32;
}
template <>
constexpr DType dtype_of<uint64_t>() {
  return DType::kUint64;
}
template <>
constexpr DType dtype_of<int64_t>() {
  return DType::kInt64;
}
template <>
constexpr DType dtype_of<bool>() {
  return DType::kBool;
}

}  // namespace octavo
