// Drives the gemm kernels over many rows: packs a block of rows that stays in the cache, then takes
// every panel of weights past it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/qgemm/qgemm.h"

namespace octavo {

// Rows of a block: packed they fill part of a second-level cache, at least one tile. Every block
// reads all weights again.
inline size_t qgemm_block_rows(const QGemmWeights& weights) {
  constexpr size_t kCacheBytes = 1 << 18, kMostTiles = 16;
  const size_t tile = weights.groups() * tile_bytes(*weights.kernel);
  return std::clamp<size_t>(kCacheBytes / tile, 1, kMostTiles) * weights.kernel->tile_rows;
}

inline size_t qgemm_block_bytes(const QGemmWeights& weights) {
  return qgemm_block_rows(weights) * weights.groups() * kGroupBytes;
}

// `rows_of` tells where x lies: rows in `segments` pieces of equal length, one behind the other in
// k.
//   size_t segments() const;
//   size_t filled(size_t k, size_t depth) const;         bytes of a piece, up to whole groups
//   void start(size_t first, size_t count);              the rows of a tile, in order
//   const uint8_t* segment(size_t row, size_t piece);    of the tile's row; valid until the next
//   piece
// store(first_row, first_column, panel) runs the kernel. `packed` has qgemm_block_bytes.
template <typename RowsOf, typename Store>
void run_qgemm(const QGemmWeights& weights, size_t rows, bool is_signed, uint8_t* packed,
               RowsOf rows_of, Store store) {
  const QGemmKernel& kernel = *weights.kernel;
  const size_t groups = weights.groups(), tile_rows = kernel.tile_rows;
  const size_t pieces = rows_of.segments();
  const size_t k = rows_of.filled(weights.k / pieces, kernel.depth);
  const size_t piece_bytes = groups / pieces * tile_bytes(kernel);
  const size_t block = qgemm_block_rows(weights);
  for (size_t begin = 0; begin < rows; begin += block) {
    const size_t end = std::min(rows, begin + block);
    uint8_t* to = packed;
    for (size_t m = begin; m < end; m += tile_rows) {
      const size_t count = std::min(tile_rows, end - m);
      rows_of.start(m, count);
      for (size_t piece = 0; piece < pieces; ++piece, to += piece_bytes) {
        const uint8_t* x[kQGemmMostRows];
        for (size_t i = 0; i < count; ++i) x[i] = rows_of.segment(i, piece);
        kernel.pack_rows(count, k, x, is_signed, to);
      }
    }
    for (size_t n = 0; n < weights.n; n += kQGemmCols) {
      store(begin, n,
            QGemmPanel{end - begin, std::min(kQGemmCols, weights.n - n), groups, packed,
                       weights.packed.data() + n * groups * kGroupBytes, weights.bias.data() + n,
                       weights.multiplier.data() + n, weights.stays_small});
    }
  }
}

}  // namespace octavo
