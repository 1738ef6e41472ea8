#include "kernels/isa.h"

#include "kernels/relaxed_dot.h"

namespace octavo {

Isa best_isa() {
  if (relaxed_dot() != RelaxedDot::kInexact) return Isa::kRelaxed;
#ifdef OCTAVO_AVX2
  if (__builtin_cpu_supports("x86-64-v3")) return Isa::kAvx2;
#endif
  return Isa::kSimd128;
}

const char* name_of(Isa isa) {
  constexpr const char* kNames[] = {"ref", "simd128", "avx2", "relaxed"};
  return kNames[static_cast<int>(isa)];
}

}  // namespace octavo
