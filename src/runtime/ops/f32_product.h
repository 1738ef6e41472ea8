// A product of floats on the threads of a run.
#pragma once

#include "kernels/gemm/f32_gemm.h"
#include "runtime/ops/parts.h"

namespace octavo {

// By rows, so that a part's weights pass through the cache once; where those are few, by panels of
// columns. A sum is never split.
inline void run_f32_product(RunContext& context, const F32GemmKernel& kernel, const F32Gemm& gemm) {
  constexpr size_t kRowsOfAPart = 16;
  const size_t panels = (gemm.columns + kF32GemmColumns - 1) / kF32GemmColumns;
  const double work = kFloatMac * static_cast<double>(gemm.rows) *
                      static_cast<double>(gemm.columns) * static_cast<double>(gemm.depth);
  const int threads = context.threads();
  const bool by_rows = gemm.rows >= kRowsOfAPart * static_cast<size_t>(threads);
  const auto items = static_cast<int64_t>(by_rows ? gemm.rows : panels);
  const int parts = parts_worth(work, std::min<int64_t>(threads, items));
  run_parts(context, parts, items, [&](int64_t first, int64_t count, int) {
    const auto begin = static_cast<size_t>(first), size = static_cast<size_t>(count);
    F32Gemm part = gemm;
    if (by_rows) {
      part.rows = size;
      part.a += begin * gemm.a_stride;
      part.c += begin * gemm.c_stride;
    } else {
      const size_t column = begin * kF32GemmColumns;
      part.columns = std::min(size * kF32GemmColumns, gemm.columns - column);
      part.panels += begin * f32_panel_floats(gemm.depth);
      part.c += column;
    }
    kernel.run(part);
  });
}

}  // namespace octavo
