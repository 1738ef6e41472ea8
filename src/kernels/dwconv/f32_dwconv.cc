#include "kernels/dwconv/f32_dwconv.h"

namespace octavo {

F32DwConvFn f32_dwconv(Isa isa) {
#define OCTAVO_KERNEL(name, of) \
  if (isa == of) return name;
#include "kernels/dwconv/kernels.inc"
#undef OCTAVO_KERNEL
  return f32_dwconv_1x16__ref;
}

}  // namespace octavo
