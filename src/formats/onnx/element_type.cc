#include "formats/onnx/element_type.h"

#include <iterator>

namespace octavo::onnx {
namespace {

// Fields of TensorProto.
constexpr int kFloatData = 4, kInt32Data = 5, kStringData = 6, kInt64Data = 7, kDoubleData = 10,
              kUint64Data = 11, kNowhere = 0;

// By code. Little-endian, as every machine that Octavo runs on.
constexpr ElementType kTypes[] = {
    {"undefined", 0, kNowhere, DType::kUnknown},
    {"float", 4, kFloatData, DType::kFloat32},
    {"uint8", 1, kInt32Data, DType::kUint8},
    {"int8", 1, kInt32Data, DType::kInt8},
    {"uint16", 2, kInt32Data, DType::kUint16},
    {"int16", 2, kInt32Data, DType::kInt16},
    {"int32", 4, kInt32Data, DType::kInt32},
    {"int64", 8, kInt64Data, DType::kInt64},
    {"string", 0, kStringData, DType::kString},
    {"bool", 1, kInt32Data, DType::kBool},
    {"float16", 2, kInt32Data, DType::kFloat32},
    {"double", 8, kDoubleData, DType::kFloat64},
    {"uint32", 4, kUint64Data, DType::kUint32},
    {"uint64", 8, kUint64Data, DType::kUint64},
    {"complex64", 8, kNowhere, DType::kUnknown},
    {"complex128", 16, kNowhere, DType::kUnknown},
    {"bfloat16", 2, kInt32Data, DType::kFloat32},
    {"float8e4m3fn", 1, kNowhere, DType::kUnknown},
    {"float8e4m3fnuz", 1, kNowhere, DType::kUnknown},
    {"float8e5m2", 1, kNowhere, DType::kUnknown},
    {"float8e5m2fnuz", 1, kNowhere, DType::kUnknown},
    {"uint4", 1, kInt32Data, DType::kUint4},
    {"int4", 1, kInt32Data, DType::kInt4},
    {"float4e2m1", 0, kNowhere, DType::kUnknown},
};

}  // namespace

const ElementType& element_type(int64_t code) {
  const bool known = code >= 0 && code < static_cast<int64_t>(std::size(kTypes));
  return kTypes[known ? code : 0];
}

int code_of(DType dtype) {
  if (dtype == DType::kFloat16) return kFloat16;  // readers know no such type
  int code = 0;
  for (int i = 1; i < static_cast<int>(std::size(kTypes)) && code == 0; ++i) {
    if (kTypes[i].dtype == dtype && dtype != DType::kUnknown) code = i;
  }
  return code;
}

}  // namespace octavo::onnx
