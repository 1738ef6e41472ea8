#include "kernels/f32_simd128.h"
#include "kernels/gemm/f32_gemm_tiles.h"

namespace octavo {

extern const F32GemmKernel f32_gemm_4x8__simd128 = {"f32_gemm_4x8__simd128", Isa::kSimd128,
                                                    run_tiles<Four, 4, 2>};

}  // namespace octavo
