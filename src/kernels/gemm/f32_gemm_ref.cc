#include "kernels/gemm/f32_gemm.h"

namespace octavo {
namespace {

void run(const F32Gemm& gemm) {
  for (size_t m = 0; m < gemm.rows; ++m) {
    for (size_t n = 0; n < gemm.columns; ++n) {
      const float* a = gemm.a + m * gemm.a_stride;
      const float* column =
          gemm.panels + n / kF32GemmColumns * f32_panel_floats(gemm.depth) + n % kF32GemmColumns;
      float acc = column[0];
      for (size_t k = 0; k < gemm.depth; ++k) acc += a[k] * column[(k + 1) * kF32GemmColumns];
      acc = acc < gemm.clamp.low ? gemm.clamp.low : acc;
      gemm.c[m * gemm.c_stride + n] = gemm.clamp.high < acc ? gemm.clamp.high : acc;
    }
  }
}

}  // namespace

extern const F32GemmKernel f32_gemm_4x8__ref = {"f32_gemm_4x8__ref", Isa::kRef, run};

}  // namespace octavo
