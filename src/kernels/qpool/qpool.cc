#include "kernels/qpool/qpool.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const QPoolKernel name;
#include "kernels/qpool/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const QPoolKernel* const> qpool_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const QPoolKernel* kVariants[] = {
#include "kernels/qpool/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const QPoolKernel& qpool_kernel(Isa isa) { return best_of(qpool_kernels(), isa); }

}  // namespace octavo
