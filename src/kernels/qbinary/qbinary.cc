#include "kernels/qbinary/qbinary.h"

#include "kernels/kernel_list.h"

namespace octavo {

#define OCTAVO_KERNEL(name) extern const QBinaryKernel name;
#include "kernels/qbinary/kernels.inc"
#undef OCTAVO_KERNEL

std::span<const QBinaryKernel* const> qbinary_kernels() {
#define OCTAVO_KERNEL(name) &name,
  static constexpr const QBinaryKernel* kVariants[] = {
#include "kernels/qbinary/kernels.inc"
  };
#undef OCTAVO_KERNEL
  return kVariants;
}

const QBinaryKernel& qbinary_kernel(Isa isa) { return best_of(qbinary_kernels(), isa); }

}  // namespace octavo
