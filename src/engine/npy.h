// NumPy's .npy files: how tensors come in and go out (format 1.0 to 3.0, C order, little-endian).
#pragma once

#include <span>
#include <vector>

#include "graph/tensor.h"

namespace octavo {

bool is_npy(std::span<const std::byte> bytes);

// kInvalidArgument where the file is damaged, big-endian, in Fortran order or of another dtype.
Result<Tensor> read_npy(std::span<const std::byte> bytes);
std::vector<std::byte> write_npy(DType dtype, const Shape& shape, const void* data);

}  // namespace octavo
