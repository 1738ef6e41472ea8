#include <algorithm>

#include "kernels/qpool/qpool_channel.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

template <bool kSigned>
size_t average_of(const QPoolWindow& window, v128_t bias, v128_t multiplier,
                  const RequantSimd<>& requant, uint8_t* y) {
  size_t c = 0;
  for (; c + 8 <= window.channels; c += 8) {
    v128_t low = bias, high = bias;
    for (size_t t = 0; t < window.taps; ++t) {
      const v128_t x = load_widened<kSigned>(window.x[t] + c);
      low = wasm_i32x4_add(low, wasm_i32x4_extend_low_i16x8(x));
      high = wasm_i32x4_add(high, wasm_i32x4_extend_high_i16x8(x));
    }
    const v128_t bytes =
        requant.bytes(requant.from_acc(low, multiplier), requant.from_acc(high, multiplier));
    wasm_v128_store64_lane(y + c, bytes, 0);
  }
  return c;
}

void average(const QPoolWindow& window, int32_t bias, float multiplier, const Requant& out,
             uint8_t* y) {
  size_t c =
      (window.is_signed ? average_of<true> : average_of<false>)(window, wasm_i32x4_splat(bias),
                                                                wasm_f32x4_splat(multiplier),
                                                                RequantSimd<>(out), y);
  for (; c < window.channels; ++c) y[c] = qpool_average(window, c, bias, multiplier, out);
}

template <bool kSigned>
void maximum_of(const QPoolWindow& window, uint8_t* y) {
  for (size_t next = 0; next < window.channels; next += 16) {
    const size_t c = std::min(next, window.channels - 16);  // the last vector may overlap
    v128_t best = wasm_v128_load(window.x[0] + c);
    for (size_t t = 1; t < window.taps; ++t) {
      const v128_t x = wasm_v128_load(window.x[t] + c);
      best = kSigned ? wasm_i8x16_max(best, x) : wasm_u8x16_max(best, x);
    }
    wasm_v128_store(y + c, best);
  }
}

void maximum(const QPoolWindow& window, uint8_t* y) {
  if (window.channels >= 16) {
    return (window.is_signed ? maximum_of<true> : maximum_of<false>)(window, y);
  }
  for (size_t c = 0; c < window.channels; ++c) y[c] = qpool_maximum(window, c);
}

}  // namespace

extern const QPoolKernel qx8_pool__simd128 = {"qx8_pool__simd128", Isa::kSimd128, average, maximum};

}  // namespace octavo
