// Any text as input.json, and as the numbers of an input, of a sample of two inputs.
#include <algorithm>
#include <cstdlib>

#include "engine/sample_files.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace octavo;
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const size_t half = static_cast<size_t>(std::find(data, data + size, '#') - data);  // "{...}#1 2"
  const auto copy = [](std::span<const std::byte> part) {
    return std::vector<std::byte>(part.begin(), part.end());
  };
  const std::vector<SampleFile> files = {{"input.json", copy(bytes.first(half))},
                                         {"ids.txt", copy(bytes.subspan(half + (half < size)))}};
  std::vector<Value> inputs(2);
  inputs[0].name = "ids";
  inputs[0].dtype = DType::kInt64;
  inputs[0].shape = Shape{kDynamic, kDynamic, 2};
  inputs[1].name = "mask";
  inputs[1].dtype = DType::kFloat32;
  const auto arrays = arrays_of(files, inputs);
  if (!arrays.ok()) return 0;
  for (const Tensor& array : *arrays) {
    if (array.buffer().size() != static_cast<size_t>(array.count()) * size_of(array.dtype())) {
      std::abort();
    }
  }
  return 0;
}
