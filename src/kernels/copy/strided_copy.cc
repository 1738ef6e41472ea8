#include "kernels/copy/strided_copy.h"

#include <wasm_simd128.h>

#include <algorithm>
#include <cassert>
#include <cstring>

#include "kernels/copy/copy_bytes.h"

namespace octavo {
namespace {

constexpr int64_t kBlock = 16;  // elements a side: a block of floats is 16 cache lines, twice

// A dimension of the loop nest once y's stride is known too.
struct Loop {
  int64_t extent;
  int64_t x_stride;
  int64_t y_stride;
};

// Without dimensions of 1, and with neighbours that run through x as one merged.
std::vector<CopyDim> simplified(const std::vector<CopyDim>& dims) {
  std::vector<CopyDim> merged;
  for (const CopyDim& dim : dims) {
    if (dim.extent == 1) continue;
    if (!merged.empty() && merged.back().stride == dim.stride * dim.extent) {
      merged.back() = {merged.back().extent * dim.extent, dim.stride};
    } else {
      merged.push_back(dim);
    }
  }
  if (merged.empty()) merged.push_back({1, 1});
  return merged;
}

std::vector<Loop> with_y_strides(const std::vector<CopyDim>& dims) {
  std::vector<Loop> loops(dims.size());
  int64_t y_stride = 1;
  for (size_t i = dims.size(); i-- > 0;) {
    loops[i] = {dims[i].extent, dims[i].stride, y_stride};
    y_stride *= dims[i].extent;
  }
  return loops;
}

template <typename T>
void copy_row(const T* x, T* y, const Loop& row) {
  if (row.x_stride == 1) {
    copy_bytes(x, y, static_cast<size_t>(row.extent) * sizeof(T));
  } else if (row.x_stride == 0) {
    std::fill_n(y, row.extent, *x);
  } else {
    for (int64_t i = 0; i < row.extent; ++i) y[i] = x[i * row.x_stride];
  }
}

// y[2 i] = a[i], y[2 i + 1] = b[i]; a vector at a time, of which the last may overlap.
void interleave(const uint8_t* a, const uint8_t* b, uint8_t* y, int64_t n) {
  for (int64_t next = 0; next < n; next += 16) {
    const int64_t i = std::min(next, n - 16);
    const v128_t va = wasm_v128_load(a + i), vb = wasm_v128_load(b + i);
    wasm_v128_store(y + 2 * i, wasm_i8x16_shuffle(va, vb, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                                  6, 22, 7, 23));
    wasm_v128_store(y + 2 * i + 16, wasm_i8x16_shuffle(va, vb, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                                       13, 29, 14, 30, 15, 31));
  }
}

// y[3 i] = a[i], y[3 i + 1] = b[i], y[3 i + 2] = c[i], likewise.
void interleave(const uint8_t* a, const uint8_t* b, const uint8_t* c, uint8_t* y, int64_t n) {
  for (int64_t next = 0; next < n; next += 16) {
    const int64_t i = std::min(next, n - 16);
    const v128_t va = wasm_v128_load(a + i), vb = wasm_v128_load(b + i), vc = wasm_v128_load(c + i);
    const v128_t ab0 =
        wasm_i8x16_shuffle(va, vb, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
    const v128_t ab1 =
        wasm_i8x16_shuffle(va, vb, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
    const v128_t ab2 =
        wasm_i8x16_shuffle(va, vb, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
    uint8_t* to = y + 3 * i;
    wasm_v128_store(
        to, wasm_i8x16_shuffle(ab0, vc, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
    wasm_v128_store(to + 16, wasm_i8x16_shuffle(ab1, vc, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11,
                                                12, 25, 14, 15));
    wasm_v128_store(to + 32, wasm_i8x16_shuffle(ab2, vc, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11,
                                                30, 13, 14, 31));
  }
}

// The planes of a picture, and the halves of a channel shuffle; false where it is something else.
bool interleaved(const uint8_t* x, uint8_t* y, const Loop& column, const Loop& row) {
  if (column.extent < 16 || column.y_stride != row.extent) return false;
  const uint8_t* const b = x + row.x_stride;
  if (row.extent == 2) {
    interleave(x, b, y, column.extent);
  } else if (row.extent == 3) {
    interleave(x, b, b + row.x_stride, y, column.extent);
  } else {
    return false;
  }
  return true;
}

// y[i * column.y_stride + j] = x[i + j * row.x_stride], a block at a time so that both sides stay
// in the cache.
template <typename T>
void transpose_plane(const T* x, T* y, const Loop& column, const Loop& row) {
  if constexpr (sizeof(T) == 1) {
    if (interleaved(x, y, column, row)) return;
  }
  for (int64_t i0 = 0; i0 < column.extent; i0 += kBlock) {
    const int64_t i1 = std::min(i0 + kBlock, column.extent);
    for (int64_t j0 = 0; j0 < row.extent; j0 += kBlock) {
      const int64_t j1 = std::min(j0 + kBlock, row.extent);
      for (int64_t i = i0; i < i1; ++i) {
        T* to = y + i * column.y_stride;
        for (int64_t j = j0; j < j1; ++j) to[j] = x[i + j * row.x_stride];
      }
    }
  }
}

template <typename T>
class Copier {
 public:
  Copier(const T* x, T* y, std::vector<Loop> loops) : loops_(std::move(loops)) {
    row_ = loops_.back();
    loops_.pop_back();
    // The dimension along which x is dense, where that is not the row: transpose the two.
    const auto dense = std::find_if(loops_.begin(), loops_.end(),
                                    [](const Loop& loop) { return loop.x_stride == 1; });
    transposed_ = row_.x_stride != 1 && row_.x_stride != 0 && dense != loops_.end();
    if (transposed_) {
      column_ = *dense;
      loops_.erase(dense);
    }
    walk(x, y, 0);
  }

 private:
  void walk(const T* x, T* y, size_t depth) const {
    if (depth == loops_.size()) {
      transposed_ ? transpose_plane(x, y, column_, row_) : copy_row(x, y, row_);
      return;
    }
    const Loop& loop = loops_[depth];
    for (int64_t i = 0; i < loop.extent; ++i) {
      walk(x + i * loop.x_stride, y + i * loop.y_stride, depth + 1);
    }
  }

  std::vector<Loop> loops_;
  Loop row_, column_{};
  bool transposed_;
};

template <typename T>
void copy_as(const void* x, void* y, std::vector<Loop> loops) {
  Copier<T>(static_cast<const T*>(x), static_cast<T*>(y), std::move(loops));
}

}  // namespace

void strided_copy(const void* x, void* y, std::vector<CopyDim> dims, size_t element_size) {
  for (const CopyDim& dim : dims) {
    if (dim.extent == 0) return;
  }
  std::vector<Loop> loops = with_y_strides(simplified(dims));
  switch (element_size) {
    case 1:
      return copy_as<uint8_t>(x, y, std::move(loops));
    case 2:
      return copy_as<uint16_t>(x, y, std::move(loops));
    case 4:
      return copy_as<uint32_t>(x, y, std::move(loops));
    case 8:
      return copy_as<uint64_t>(x, y, std::move(loops));
    default:
      assert(false && "no such element size");
  }
}

std::vector<CopyDim> transpose_dims(const std::vector<int64_t>& shape,
                                    const std::vector<int>& perm) {
  std::vector<int64_t> strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  std::vector<CopyDim> dims;
  for (const int axis : perm) {
    dims.push_back({shape[static_cast<size_t>(axis)], strides[static_cast<size_t>(axis)]});
  }
  return dims;
}

}  // namespace octavo
