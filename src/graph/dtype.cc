#include "graph/dtype.h"

#include <array>

namespace octavo {
namespace {

struct DTypeInfo {
  const char* name;
  size_t size;
};

// In the order of the enumeration.
constexpr std::array<DTypeInfo, 16> kInfo = {{
    {"unknown", 0},
    {"float32", 4},
    {"float64", 8},
    {"uint8", 1},
    {"int8", 1},
    {"uint16", 2},
    {"int16", 2},
    {"uint32", 4},
    {"int32", 4},
    {"uint64", 8},
    {"int64", 8},
    {"bool", 1},
    {"uint4", 1},
    {"int4", 1},
    {"float16", 2},
    {"string", 0},
}};
static_assert(kInfo.size() == static_cast<size_t>(DType::kString) + 1);

// By ONNX's TensorProto.DataType; both half precisions are widened.
constexpr std::array<DType, 17> kByOnnxCode = {
    DType::kUnknown, DType::kFloat32, DType::kUint8,  DType::kInt8,   DType::kUint16,
    DType::kInt16,   DType::kInt32,   DType::kInt64,  DType::kString, DType::kBool,
    DType::kFloat32, DType::kFloat64, DType::kUint32, DType::kUint64, DType::kUnknown,
    DType::kUnknown, DType::kFloat32,
};

}  // namespace

size_t size_of(DType dtype) { return kInfo[static_cast<size_t>(dtype)].size; }

const char* name_of(DType dtype) { return kInfo[static_cast<size_t>(dtype)].name; }

DType stored_dtype(DType dtype) {
  if (dtype == DType::kInt4) return DType::kInt8;
  return dtype == DType::kUint4 ? DType::kUint8 : dtype;
}

DType dtype_from_name(std::string_view name) {
  for (size_t i = 0; i < kInfo.size(); ++i) {
    if (name == kInfo[i].name) return static_cast<DType>(i);
  }
  return DType::kUnknown;
}

DType dtype_from_onnx(int64_t code) {
  const bool known = code >= 0 && code < static_cast<int64_t>(kByOnnxCode.size());
  return known ? kByOnnxCode[static_cast<size_t>(code)] : DType::kUnknown;
}

}  // namespace octavo
