#include "kernels/qconvert/qconvert.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const QConvertKernel name;
#include "kernels/qconvert/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const QConvertKernel* const> qconvert_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const QConvertKernel* kVariants[] = {
#include "kernels/qconvert/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const QConvertKernel& qconvert_kernel(Isa isa) { return best_of(qconvert_kernels(), isa); }

}  // namespace octavo
