// Between C++ and JavaScript values. Views of the heap never outlive a call: what goes out is
// copied, and the heap is read afresh after every call that can allocate.
#pragma once

#include <emscripten/val.h>

#include <memory>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "graph/tensor.h"
#include "image/decode.h"

namespace octavo {

// {value: ...} or {error: {code, message, where}}.
emscripten::val outcome(const Status& status);
template <typename T>
emscripten::val outcome_of(T value) {
  emscripten::val object = emscripten::val::object();
  object.set("value", std::move(value));
  return object;
}

bool is_bytes(const emscripten::val& value);  // a Uint8Array
// Of a Uint8Array, at once: Embind's own conversion to std::string goes byte by byte.
std::vector<std::byte> bytes_from(const emscripten::val& array);
emscripten::val to_uint8_array(const void* data, size_t size);  // a copy

Result<Tensor> tensor_from(const emscripten::val& tensor);
emscripten::val to_tensor(const Tensor& tensor);
Result<Image> image_from(const emscripten::val& image);
emscripten::val to_image(const Image& image);

// {size, read, close} of JavaScript; closed when the last model that reads from it is gone.
std::shared_ptr<const ByteSource> source_from(const emscripten::val& source);

}  // namespace octavo
