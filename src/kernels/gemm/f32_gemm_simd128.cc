#include <wasm_simd128.h>

#include <algorithm>
#include <cstring>

#include "kernels/gemm/f32_gemm.h"

namespace octavo {
namespace {

constexpr size_t kRows = 4;
constexpr size_t kBlockFloats = 24
                                << 10;  // rows of `a` used again and again: half of an L2 of 256 KB

void store_some(const float (&tile)[8], size_t columns, float* c) {
  std::memcpy(c, tile, columns * sizeof(float));
}

// MR rows x 8 columns of the output, whole depth.
template <size_t MR>
void run_tile(const F32Gemm& gemm, const float* a, const float* panel, float* c, size_t columns) {
  const float* rows[MR];
  v128_t acc[MR][2];
  for (size_t m = 0; m < MR; ++m) {
    rows[m] = a + m * gemm.a_stride;
    acc[m][0] = wasm_v128_load(panel);
    acc[m][1] = wasm_v128_load(panel + 4);
  }
  for (size_t k = gemm.depth; k > 0; --k) {
    panel += 8;
    const v128_t b0 = wasm_v128_load(panel);
    const v128_t b1 = wasm_v128_load(panel + 4);
    for (size_t m = 0; m < MR; ++m) {
      const v128_t x = wasm_v128_load32_splat(rows[m]++);
      acc[m][0] = wasm_f32x4_add(acc[m][0], wasm_f32x4_mul(x, b0));
      acc[m][1] = wasm_f32x4_add(acc[m][1], wasm_f32x4_mul(x, b1));
    }
  }
  const v128_t low = wasm_f32x4_splat(gemm.clamp.low);
  const v128_t high = wasm_f32x4_splat(gemm.clamp.high);
  for (size_t m = 0; m < MR; ++m, c += gemm.c_stride) {
    const v128_t y0 = wasm_f32x4_pmin(wasm_f32x4_pmax(acc[m][0], low), high);
    const v128_t y1 = wasm_f32x4_pmin(wasm_f32x4_pmax(acc[m][1], low), high);
    if (columns == 8) {
      wasm_v128_store(c, y0);
      wasm_v128_store(c + 4, y1);
    } else {
      float tile[8];
      wasm_v128_store(tile, y0);
      wasm_v128_store(tile + 4, y1);
      store_some(tile, columns, c);
    }
  }
}

using TileFn = void (*)(const F32Gemm&, const float* a, const float* panel, float* c,
                        size_t columns);
constexpr TileFn kTiles[kRows + 1] = {nullptr, run_tile<1>, run_tile<2>, run_tile<3>, run_tile<4>};

// Rows [from, to) of all columns: a panel stays in L1 while the rows pass by.
void run_block(const F32Gemm& gemm, size_t from, size_t to) {
  const float* panel = gemm.panels;
  for (size_t n = 0; n < gemm.columns; n += 8, panel += f32_panel_floats(gemm.depth)) {
    const size_t columns = std::min<size_t>(8, gemm.columns - n);
    for (size_t m = from; m < to; m += kRows) {
      const float* a = gemm.a + m * gemm.a_stride;
      float* c = gemm.c + m * gemm.c_stride + n;
      if (to - m >= kRows) {
        run_tile<kRows>(gemm, a, panel, c, columns);
      } else {
        kTiles[to - m](gemm, a, panel, c, columns);
      }
    }
  }
}

void run(const F32Gemm& gemm) {
  const size_t fitting = kBlockFloats / std::max<size_t>(1, gemm.depth) / kRows * kRows;
  const size_t block = std::max(fitting, kRows);
  for (size_t m = 0; m < gemm.rows; m += block) {
    run_block(gemm, m, std::min(m + block, gemm.rows));
  }
}

}  // namespace

extern const F32GemmKernel f32_gemm_4x8__simd128 = {"f32_gemm_4x8__simd128", Isa::kSimd128, run};

}  // namespace octavo
