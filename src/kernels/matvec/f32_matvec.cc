#include "kernels/matvec/f32_matvec.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const F32MatvecKernel name;
#include "kernels/matvec/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const F32MatvecKernel* const> f32_matvec_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const F32MatvecKernel* kVariants[] = {
#include "kernels/matvec/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const F32MatvecKernel& f32_matvec_kernel(Isa isa) { return best_of(f32_matvec_kernels(), isa); }

}  // namespace octavo
