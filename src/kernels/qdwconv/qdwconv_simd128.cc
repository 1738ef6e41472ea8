#include "kernels/qdwconv/qdwconv_channel.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

constexpr size_t kChannels = 8;

struct Acc {
  v128_t low, high;  // channels 0-3 and 4-7
};

// Two taps of 8 channels: their bytes side by side are pairs as i32x4.dot_i16x8 sums them.
template <bool kSigned>
inline void add_tap_pair(Acc& acc, const uint8_t* x0, const uint8_t* x1, const uint8_t* w) {
  const v128_t both = wasm_i8x16_shuffle(wasm_v128_load64_zero(x0), wasm_v128_load64_zero(x1), 0,
                                         16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const v128_t low =
      kSigned ? wasm_i16x8_extend_low_i8x16(both) : wasm_u16x8_extend_low_u8x16(both);
  const v128_t high =
      kSigned ? wasm_i16x8_extend_high_i8x16(both) : wasm_u16x8_extend_high_u8x16(both);
  acc.low = wasm_i32x4_add(acc.low, wasm_i32x4_dot_i16x8(low, wasm_v128_load(w)));
  acc.high = wasm_i32x4_add(acc.high, wasm_i32x4_dot_i16x8(high, wasm_v128_load(w + 16)));
}

// kTaps 9 is the 3x3 kernel with its loop unrolled, 0 any other. An odd last tap is paired with
// itself; the second weight is zero.
template <bool kSigned, size_t kTaps>
inline Acc sum_taps(const uint8_t* const* x, size_t c, size_t taps, const uint8_t* w, Acc acc) {
  if constexpr (kTaps == 9) {
    add_tap_pair<kSigned>(acc, x[0] + c, x[1] + c, w);
    add_tap_pair<kSigned>(acc, x[2] + c, x[3] + c, w + 32);
    add_tap_pair<kSigned>(acc, x[4] + c, x[5] + c, w + 64);
    add_tap_pair<kSigned>(acc, x[6] + c, x[7] + c, w + 96);
    add_tap_pair<kSigned>(acc, x[8] + c, x[8] + c, w + 128);
    return acc;
  }
  for (size_t t = 0; t < taps; t += 2, w += 32) {
    add_tap_pair<kSigned>(acc, x[t] + c, x[t + 1 < taps ? t + 1 : t] + c, w);
  }
  return acc;
}

template <bool kSigned, size_t kTaps>
void run_of(size_t pixels, const uint8_t* const* x, size_t step, const QDwConvWeights& weights,
            const Requant& out, uint8_t* y) {
  const RequantSimd<> requant(out);
  const size_t channels = weights.channels;
  const size_t block_size = weights.groups() * kChannels * kGroupBytes;
  const uint8_t* w = weights.packed.data();
  size_t c = 0;
  for (; c + kChannels <= channels; c += kChannels, w += block_size) {
    const v128_t bias0 = wasm_v128_load(weights.bias.data() + c);
    const v128_t bias1 = wasm_v128_load(weights.bias.data() + c + 4);
    const v128_t multiplier0 = wasm_v128_load(weights.multiplier.data() + c);
    const v128_t multiplier1 = wasm_v128_load(weights.multiplier.data() + c + 4);
    size_t at = c;
    uint8_t* to = y + c;
    for (size_t p = 0; p < pixels; ++p, at += step, to += channels) {
      const Acc acc = sum_taps<kSigned, kTaps>(x, at, weights.taps, w, {bias0, bias1});
      wasm_v128_store64_lane(to,
                             requant.bytes(requant.from_acc(acc.low, multiplier0),
                                           requant.from_acc(acc.high, multiplier1)),
                             0);
    }
  }
  for (; c < channels; ++c) {
    for (size_t p = 0; p < pixels; ++p) {
      y[p * channels + c] = qdwconv_channel(x, p * step + c, kSigned, weights, out, c);
    }
  }
}

void run(size_t pixels, const uint8_t* const* x, size_t step, bool is_signed,
         const QDwConvWeights& weights, const Requant& out, uint8_t* y) {
  const bool is_3x3 = weights.taps == 9;
  const auto variant = is_signed ? (is_3x3 ? run_of<true, 9> : run_of<true, 0>)
                                 : (is_3x3 ? run_of<false, 9> : run_of<false, 0>);
  variant(pixels, x, step, weights, out, y);
}

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_8c2__simd128 = {
    "qx8_qc8w_dwconv_8c2__simd128", Isa::kSimd128, 8, 2, false, no_offset, run};

}  // namespace octavo
