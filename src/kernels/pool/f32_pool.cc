#include "kernels/pool/f32_pool.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const F32PoolKernel name;
#include "kernels/pool/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const F32PoolKernel* const> f32_pool_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const F32PoolKernel* kVariants[] = {
#include "kernels/pool/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const F32PoolKernel& f32_pool_kernel(Isa isa) { return best_of(f32_pool_kernels(), isa); }

}  // namespace octavo
