// ONNX's element types: TensorProto.DataType.
#pragma once

#include <cstddef>
#include <cstdint>

#include "graph/dtype.h"

namespace octavo::onnx {

struct ElementType {
  const char* name;  // in ONNX
  size_t size;       // bytes of an element in raw_data, of two for 4 bits; 0 for strings
  int typed_field;   // field of TensorProto that holds it where raw_data does not
  DType dtype;       // in the graph; kUnknown where there is none
};

const ElementType& element_type(
    int64_t code);         // of any code; `name` is "undefined" for unknown ones
int code_of(DType dtype);  // 0 for kUnknown
constexpr int kFloat16 = 10, kBfloat16 = 16, kUint4 = 21, kInt4 = 22;
inline bool is_half(int64_t code) { return code == kFloat16 || code == kBfloat16; }
inline bool is_nibble(int64_t code) { return code == kUint4 || code == kInt4; }

}  // namespace octavo::onnx
