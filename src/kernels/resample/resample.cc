#include "kernels/resample/resample.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const ResampleKernel name;
#include "kernels/resample/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const ResampleKernel* const> resample_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const ResampleKernel* kVariants[] = {
#include "kernels/resample/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const ResampleKernel& resample_kernel(Isa isa) { return best_of(resample_kernels(), isa); }

}  // namespace octavo
