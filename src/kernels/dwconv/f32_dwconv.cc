#include "kernels/dwconv/f32_dwconv.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const F32DwConvKernel name;
#include "kernels/dwconv/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const F32DwConvKernel* const> f32_dwconv_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const F32DwConvKernel* kVariants[] = {
#include "kernels/dwconv/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return usable<F32DwConvKernel>(kVariants);
}

const F32DwConvKernel& f32_dwconv_kernel(Isa isa) { return best_of(f32_dwconv_kernels(), isa); }

}  // namespace octavo
