#include "kernels/jpeg/jpeg.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const JpegKernel name;
#include "kernels/jpeg/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const JpegKernel* const> jpeg_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const JpegKernel* kVariants[] = {
#include "kernels/jpeg/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const JpegKernel& jpeg_kernel(Isa isa) { return best_of(jpeg_kernels(), isa); }

}  // namespace octavo
