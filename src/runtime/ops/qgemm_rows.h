// Drives the gemm kernels over many rows: packs a block of rows that stays in the cache, then takes
// every panel of weights past it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/qgemm/qgemm.h"
#include "runtime/ops/op_memory.h"
#include "runtime/ops/parts.h"

namespace octavo {

// Rows of a block: packed they fill part of a second-level cache, at least one tile. Every block
// reads all weights again.
inline size_t qgemm_block_rows(const QGemmWeights& weights) {
  constexpr size_t kCacheBytes = 1 << 19, kMostTiles = 16;
  const size_t tile = weights.groups() * tile_bytes(*weights.kernel);
  return std::clamp<size_t>(kCacheBytes / tile, 1, kMostTiles) * weights.kernel->tile_rows;
}

inline size_t qgemm_block_bytes(const QGemmWeights& weights) {
  return qgemm_block_rows(weights) * weights.groups() * kGroupBytes;
}

// run(first, count, scratch) for parts of the rows, each with scratch memory of its own, on the
// threads of a run.
template <typename Run>
Status run_row_parts(RunContext& context, const QGemmWeights& weights, size_t rows,
                     uint64_t scratch_bytes, Run&& run) {
  const size_t tiles = (rows + weights.kernel->tile_rows - 1) / weights.kernel->tile_rows;
  const double work = static_cast<double>(rows) * static_cast<double>(weights.n * weights.k);
  const auto most = std::min<int64_t>(context.threads(), static_cast<int64_t>(tiles));
  const int parts = parts_worth(work, most);
  const uint64_t part_bytes = align_up(scratch_bytes);
  ScratchParts memory;
  memory.add(static_cast<uint64_t>(parts) * part_bytes);
  std::byte* scratch = memory.allocate(context);
  if (!scratch) return no_memory_to_run();
  run_parts(context, parts, static_cast<int64_t>(rows),
            [&](int64_t first, int64_t count, int part) {
              run(static_cast<size_t>(first), static_cast<size_t>(count),
                  scratch + static_cast<size_t>(part) * part_bytes);
            });
  return {};
}

// rows_of(first, tile) sets x, step and beyond of the tile's rows, which it is asked for in order.
// store(first_row, first_column, panel) runs the kernel. `packed` has qgemm_block_bytes.
template <typename RowsOf, typename Store>
void run_qgemm(const QGemmWeights& weights, size_t rows, bool is_signed, uint8_t* packed,
               RowsOf rows_of, Store store) {
  const QGemmKernel& kernel = *weights.kernel;
  const size_t groups = weights.groups(), tile_rows = kernel.tile_rows;
  const size_t block = qgemm_block_rows(weights);
  QGemmRows tile;
  tile.pieces = weights.pieces;
  tile.k = weights.k / weights.pieces;
  for (size_t begin = 0; begin < rows; begin += block) {
    const size_t end = std::min(rows, begin + block);
    uint8_t* to = packed;
    for (size_t m = begin; m < end; m += tile_rows, to += groups * tile_bytes(kernel)) {
      tile.count = std::min(tile_rows, end - m);
      rows_of(m, tile);
      kernel.pack_rows(tile, is_signed, to);
    }
    for (size_t n = 0; n < weights.n; n += kQGemmCols) {
      store(begin, n,
            QGemmPanel{end - begin, std::min(kQGemmCols, weights.n - n), groups, packed,
                       weights.packed.data() + n * groups * kGroupBytes, weights.bias.data() + n,
                       weights.multiplier.data() + n, weights.stays_small});
    }
  }
}

// Rows of k bytes, `stride` apart.
class DenseRows {
 public:
  DenseRows(const uint8_t* x, size_t rows, size_t k, size_t stride)
      : x_(x), end_(x + (rows - 1) * stride + k), stride_(stride) {}

  void operator()(size_t first, QGemmRows& tile) const {
    const uint8_t* x = x_ + first * stride_;
    for (size_t i = 0; i < tile.count; ++i, x += stride_) tile.x[i] = x;
    tile.beyond = static_cast<size_t>(end_ - tile.x[tile.count - 1]) >= tile.k + kQGemmBeyond;
  }

 private:
  const uint8_t* x_;
  const uint8_t* end_;
  size_t stride_;
};

}  // namespace octavo
