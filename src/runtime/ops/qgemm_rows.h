// Drives the gemm kernels over many rows: packs a block of rows that stays in the cache, then takes
// every panel of weights past it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/qgemm/qgemm.h"

namespace octavo {

// Rows of a block: packed they fill part of a second-level cache, at least one tile.
inline size_t qgemm_block_rows(size_t groups) {
  constexpr size_t kCacheBytes = 1 << 16;
  return std::clamp<size_t>(kCacheBytes / (groups * kQGemmTileBytes), 1, 16) * kQGemmRows;
}

inline size_t qgemm_block_bytes(size_t groups) {
  return qgemm_block_rows(groups) * groups * kGroupBytes;
}

// row_of(r, slot) points at the k bytes of row r, which may lie in slot 0..3 of the caller's
// scratch; store(first_row, first_column, panel) runs the kernel. `packed` has qgemm_block_bytes.
template <typename RowOf, typename Store>
void run_qgemm(const QGemmWeights& weights, size_t rows, bool is_signed, uint8_t* packed,
               RowOf row_of, Store store) {
  const size_t groups = weights.groups();
  const size_t tile = groups * kQGemmTileBytes;
  const size_t block = qgemm_block_rows(groups);
  for (size_t begin = 0; begin < rows; begin += block) {
    const size_t end = std::min(rows, begin + block);
    for (size_t m = begin; m < end; m += kQGemmRows) {
      const size_t count = std::min(kQGemmRows, end - m);
      const uint8_t* x[kQGemmRows];
      for (size_t i = 0; i < count; ++i) x[i] = row_of(m + i, i);
      weights.kernel->pack_rows(count, weights.k, x, is_signed,
                                packed + (m - begin) / kQGemmRows * tile);
    }
    for (size_t n = 0; n < weights.n; n += kQGemmCols) {
      store(begin, n,
            QGemmPanel{end - begin, std::min(kQGemmCols, weights.n - n), groups, packed,
                       weights.packed.data() + n * groups * kGroupBytes,
                       weights.bias.data() + n, weights.multiplier.data() + n});
    }
  }
}

}  // namespace octavo
