// Any bytes as a .npy file.
#include "engine/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto tensor = octavo::read_npy({reinterpret_cast<const std::byte*>(data), size});
  if (tensor.ok() && tensor->buffer().size() > size) __builtin_trap();
  return 0;
}
