// Instruction sets of the kernels. All give the same bytes; `ref` is the specification.
#pragma once

namespace octavo {

enum class Isa { kRef, kSimd128 };

constexpr Isa best_isa() { return Isa::kSimd128; }
const char* name_of(Isa isa);  // "ref", "simd128"

}  // namespace octavo
