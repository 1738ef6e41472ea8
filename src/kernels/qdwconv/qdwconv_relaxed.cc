#include "kernels/qdwconv/qdwconv.h"
#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"
#include "kernels/requant_simd128.h"

namespace octavo {
namespace {

constexpr size_t kChannels = 16;

struct Acc {
  v128_t of[4];  // channels 0-3, 4-7, 8-11, 12-15
};

inline v128_t zip_low(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
inline v128_t zip_high(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
inline v128_t zip_low_pairs(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
inline v128_t zip_high_pairs(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Four taps of 16 channels, side by side as the dot product sums them.
inline void add_four(Acc& acc, v128_t x0, v128_t x1, v128_t x2, v128_t x3, const uint8_t* w) {
  const v128_t low01 = zip_low(x0, x1), high01 = zip_high(x0, x1);
  const v128_t low23 = zip_low(x2, x3), high23 = zip_high(x2, x3);
  acc.of[0] = add_dot(acc.of[0], wasm_v128_load(w), zip_low_pairs(low01, low23));
  acc.of[1] = add_dot(acc.of[1], wasm_v128_load(w + 16), zip_high_pairs(low01, low23));
  acc.of[2] = add_dot(acc.of[2], wasm_v128_load(w + 32), zip_low_pairs(high01, high23));
  acc.of[3] = add_dot(acc.of[3], wasm_v128_load(w + 48), zip_high_pairs(high01, high23));
}

template <bool kFlip>
inline v128_t load(const uint8_t* x) {
  const v128_t bytes = wasm_v128_load(x);
  return kFlip ? wasm_v128_xor(bytes, wasm_i8x16_splat(-128)) : bytes;
}

// Where the taps of a pixel lie: nine for the 3x3 kernel, which fit registers, or any number.
template <size_t kTaps>
struct Taps {
  const uint8_t* x[kTaps];
  Taps(const uint8_t* const* from, size_t) {
    for (size_t t = 0; t < kTaps; ++t) x[t] = from[t];
  }
};
template <>
struct Taps<0> {
  const uint8_t* const* x;
  size_t count;
  Taps(const uint8_t* const* from, size_t taps) : x(from), count(taps) {}
};

constexpr size_t kGroup = kChannels * kGroupBytes;

// Taps behind the last have weight zero: any bytes serve.
template <bool kFlip>
inline void sum_taps(Acc& acc, const Taps<9>& taps, size_t at, const uint8_t* w) {
  const auto& x = taps.x;
  add_four(acc, load<kFlip>(x[0] + at), load<kFlip>(x[1] + at), load<kFlip>(x[2] + at),
           load<kFlip>(x[3] + at), w);
  add_four(acc, load<kFlip>(x[4] + at), load<kFlip>(x[5] + at), load<kFlip>(x[6] + at),
           load<kFlip>(x[7] + at), w + kGroup);
  const v128_t last = load<kFlip>(x[8] + at);
  add_four(acc, last, last, last, last, w + 2 * kGroup);
}

template <bool kFlip>
inline void sum_taps(Acc& acc, const Taps<0>& taps, size_t at, const uint8_t* w) {
  const size_t end = taps.count - 1;
  for (size_t t = 0; t <= end; t += 4, w += kGroup) {
    add_four(acc, load<kFlip>(taps.x[t] + at), load<kFlip>(taps.x[t + 1 < end ? t + 1 : end] + at),
             load<kFlip>(taps.x[t + 2 < end ? t + 2 : end] + at),
             load<kFlip>(taps.x[t + 3 < end ? t + 3 : end] + at), w);
  }
}

template <bool kFlip, size_t kTaps, bool kClamp>
void run_of(size_t pixels, const uint8_t* const* x, size_t step, const QDwConvWeights& weights,
            const Requant& out, uint8_t* y) {
  const RequantSimd<kClamp> requant(out);
  const size_t channels = weights.channels, block_bytes = weights.groups() * kGroup;
  const uint8_t* w = weights.packed.data();
  const Taps<kTaps> taps(x, weights.taps);
  for (size_t next = 0; next < channels; next += kChannels, w += block_bytes) {
    const size_t c = next + kChannels <= channels ? next : channels - kChannels;
    const int32_t* bias = weights.bias.data() + c;
    const float* multiplier = weights.multiplier.data() + c;
    size_t at = c;
    uint8_t* to = y + c;
    for (size_t p = 0; p < pixels; ++p, at += step, to += channels) {
      Acc acc = {{wasm_v128_load(bias), wasm_v128_load(bias + 4), wasm_v128_load(bias + 8),
                  wasm_v128_load(bias + 12)}};
      sum_taps<kFlip>(acc, taps, at, w);
      wasm_v128_store(to,
                      requant.bytes(requant.from_acc(acc.of[0], wasm_v128_load(multiplier)),
                                    requant.from_acc(acc.of[1], wasm_v128_load(multiplier + 4)),
                                    requant.from_acc(acc.of[2], wasm_v128_load(multiplier + 8)),
                                    requant.from_acc(acc.of[3], wasm_v128_load(multiplier + 12))));
    }
  }
}

template <size_t kTaps, bool kClamp>
void run_with(size_t pixels, const uint8_t* const* x, size_t step, bool is_signed,
              const QDwConvWeights& weights, const Requant& out, uint8_t* y) {
  const bool flip = relaxed_flip(is_signed) != 0;
  (flip ? run_of<true, kTaps, kClamp> : run_of<false, kTaps, kClamp>)(pixels, x, step, weights, out,
                                                                      y);
}

void run(size_t pixels, const uint8_t* const* x, size_t step, bool is_signed,
         const QDwConvWeights& weights, const Requant& out, uint8_t* y) {
  const bool is_3x3 = weights.taps == 9, clamp = !weights.stays_small || !out.is_full_range();
  const auto variant = is_3x3 ? (clamp ? run_with<9, true> : run_with<9, false>)
                              : (clamp ? run_with<0, true> : run_with<0, false>);
  variant(pixels, x, step, is_signed, weights, out, y);
}

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_16c4__relaxed = {
    "qx8_qc8w_dwconv_16c4__relaxed", Isa::kRelaxed, kChannels, 4, true, relaxed_offset, run};

}  // namespace octavo
