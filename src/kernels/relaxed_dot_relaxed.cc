#include <cstdint>

#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"

namespace octavo {

RelaxedDot probe_relaxed_dot();

namespace {

// Through memory that the compiler may not see through: it would compute the answer itself.
int32_t dot_of(int8_t w, uint8_t x) {
  volatile int8_t ws = w;
  volatile uint8_t xs = x;
  const v128_t sum =
      add_dot(wasm_i32x4_splat(0), wasm_i8x16_splat(ws), wasm_i8x16_splat(static_cast<int8_t>(xs)));
  return wasm_i32x4_extract_lane(sum, 0);
}

bool computes(int32_t (*number)(uint8_t)) {
  constexpr int8_t kWeights[] = {127, -128, 1, -1};
  constexpr uint8_t kBytes[] = {255, 128, 200, 127, 1};
  for (const int8_t w : kWeights) {
    for (const uint8_t x : kBytes) {
      if (dot_of(w, x) != 4 * w * number(x)) return false;
    }
  }
  return true;
}

}  // namespace

RelaxedDot probe_relaxed_dot() {
  if (computes([](uint8_t x) { return int32_t{x}; })) return RelaxedDot::kUnsigned;
  if (computes([](uint8_t x) { return int32_t{static_cast<int8_t>(x)}; }))
    return RelaxedDot::kSigned;
  return RelaxedDot::kInexact;
}

}  // namespace octavo
