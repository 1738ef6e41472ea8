#include "kernels/isa.h"

#include "kernels/relaxed_dot.h"

namespace octavo {

Isa best_isa() { return relaxed_dot() == RelaxedDot::kInexact ? Isa::kSimd128 : Isa::kRelaxed; }

const char* name_of(Isa isa) {
  constexpr const char* kNames[] = {"ref", "simd128", "relaxed"};
  return kNames[static_cast<int>(isa)];
}

}  // namespace octavo
