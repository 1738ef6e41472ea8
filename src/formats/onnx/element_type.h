// ONNX's element types: TensorProto.DataType.
#pragma once

#include <cstddef>
#include <cstdint>

#include "graph/dtype.h"

namespace octavo::onnx {

struct ElementType {
  const char* name;  // in ONNX
  size_t size;       // bytes of an element in raw_data; 0 for strings
  int typed_field;   // field of TensorProto that holds it where raw_data does not
  DType dtype;       // in the graph; kUnknown where there is none
};

const ElementType& element_type(
    int64_t code);         // of any code; `name` is "undefined" for unknown ones
int code_of(DType dtype);  // 0 for kUnknown
inline bool is_half(int64_t code) { return code == 10 || code == 16; }
constexpr int kBfloat16 = 16;

}  // namespace octavo::onnx
