// Instruction sets of the kernels. All give the same bytes; `ref` is the specification.
#pragma once

namespace octavo {

// kRelaxed: 8-bit dot products of four, i32x4.relaxed_dot in wasm and AVX-VNNI natively. Engines
// and processors differ in what they compute, so it counts only where relaxed_dot.h finds it exact.
enum class Isa { kRef, kSimd128, kRelaxed };

Isa best_isa();                // that this build holds and this machine computes exactly
const char* name_of(Isa isa);  // "ref", "simd128", "relaxed"

}  // namespace octavo
