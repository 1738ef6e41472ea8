// Between (N, C, pixels) and (N, pixels, C), for operators that compute channels last but whose
// values could not be kept that way.
#pragma once

#include <cstdint>

namespace octavo {

// (rows, columns) -> (columns, rows), for each matrix of a batch. Tiles of 8x8 keep both sides in
// L1.
template <typename T>
void transpose(const T* from, T* to, int64_t batch, int64_t rows, int64_t columns) {
  constexpr int64_t kTile = 8;
  for (int64_t b = 0; b < batch; ++b, from += rows * columns, to += rows * columns) {
    for (int64_t r0 = 0; r0 < rows; r0 += kTile) {
      for (int64_t c0 = 0; c0 < columns; c0 += kTile) {
        const int64_t r1 = r0 + kTile < rows ? r0 + kTile : rows;
        const int64_t c1 = c0 + kTile < columns ? c0 + kTile : columns;
        for (int64_t c = c0; c < c1; ++c) {
          for (int64_t r = r0; r < r1; ++r) to[c * rows + r] = from[r * columns + c];
        }
      }
    }
  }
}

}  // namespace octavo
