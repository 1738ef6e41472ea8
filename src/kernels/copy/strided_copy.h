// Every operator that only moves elements (Transpose, Slice, Expand, Tile, DepthToSpace, ...) is
// one walk over its output with some stride of the input per dimension.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo {

struct CopyDim {
  int64_t extent;
  int64_t stride;  // of x, in elements; 0 repeats, negative walks back
};

// y[i0, i1, ...] = x[i0 * stride0 + i1 * stride1 + ...], y dense in the order of dims.
// x points at the element of index 0; element_size is 1, 2, 4 or 8 bytes.
void strided_copy(const void* x, void* y, std::vector<CopyDim> dims, size_t element_size);

// The dims that permute a dense tensor: output dimension i is input dimension perm[i].
std::vector<CopyDim> transpose_dims(const std::vector<int64_t>& shape,
                                    const std::vector<int>& perm);

}  // namespace octavo
