// Instruction sets of the kernels. All give the same bytes; `ref` is the specification.
#pragma once

namespace octavo {

// kAvx2: floats in vectors of 256 bits; native x86-64 builds only, on x86-64-v3 processors.
// kRelaxed: 8-bit dot products of four, i32x4.relaxed_dot in wasm and AVX-VNNI natively. Engines
// and processors differ in what they compute, so it counts only where relaxed_dot.h finds it exact.
enum class Isa { kRef, kSimd128, kAvx2, kRelaxed };

Isa best_isa();                // that this build holds and this machine computes exactly
const char* name_of(Isa isa);  // "ref", "simd128", "avx2", "relaxed"

}  // namespace octavo
