#include "kernels/dwconv/f32_dwconv_channels.h"
#include "kernels/f32_simd128.h"

namespace octavo {

extern const F32DwConvKernel f32_dwconv_1x16__simd128 = {"f32_dwconv_1x16__simd128", Isa::kSimd128,
                                                         run_dwconv<Four, 1, 4>};

}  // namespace octavo
