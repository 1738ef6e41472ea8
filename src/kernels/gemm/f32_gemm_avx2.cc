#include "kernels/f32_avx2.h"
#include "kernels/gemm/f32_gemm_tiles.h"

namespace octavo {

// Twelve accumulators, two vectors of weights, one of x and one product: all of 16 registers.
extern const F32GemmKernel f32_gemm_6x16__avx2 = {"f32_gemm_6x16__avx2", Isa::kAvx2,
                                                  run_tiles<Eight, 6, 2>};

}  // namespace octavo
