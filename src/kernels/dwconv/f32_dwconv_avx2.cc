#include "kernels/dwconv/f32_dwconv_channels.h"
#include "kernels/f32_avx2.h"

namespace octavo {

extern const F32DwConvKernel f32_dwconv_4x16__avx2 = {"f32_dwconv_4x16__avx2", Isa::kAvx2,
                                                      run_dwconv<Eight, 4, 2>};

}  // namespace octavo
