#include "kernels/relaxed_dot_simd.h"
#include "tests/bench/mix_loop.h"

namespace octavo {
namespace {

struct ByteDot {
  static constexpr size_t kDepth = 4;
  static v128_t splat(const uint8_t* word) { return splat_word(word); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) { return add_dot(acc, w, x); }
};

// Four taps of 16 channels: interleaved, then four dots.
struct DepthwiseStep : Accumulators<4> {
  static constexpr size_t kWork = 64;
  void operator()(const uint8_t* lines, uint8_t*) {
    const v128_t x0 = wasm_v128_load(lines), x1 = wasm_v128_load(lines + 16);
    const v128_t x2 = wasm_v128_load(lines + 32), x3 = wasm_v128_load(lines + 48);
    const v128_t low01 = zip_low(x0, x1), high01 = zip_high(x0, x1);
    const v128_t low23 = zip_low(x2, x3), high23 = zip_high(x2, x3);
    const uint8_t* w = lines + 64;
    acc[0] = add_dot(acc[0], wasm_v128_load(w), zip_low_pairs(low01, low23));
    acc[1] = add_dot(acc[1], wasm_v128_load(w + 16), zip_high_pairs(low01, low23));
    acc[2] = add_dot(acc[2], wasm_v128_load(w + 32), zip_low_pairs(high01, high23));
    acc[3] = add_dot(acc[3], wasm_v128_load(w + 48), zip_high_pairs(high01, high23));
  }
  static v128_t zip_low(v128_t a, v128_t b) {
    return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  }
  static v128_t zip_high(v128_t a, v128_t b) {
    return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
  static v128_t zip_low_pairs(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  }
  static v128_t zip_high_pairs(v128_t a, v128_t b) {
    return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
};

}  // namespace

Mix qgemm_mix_relaxed(size_t rows) { return gemm_mix_of<ByteDot>(rows); }
Mix qdwconv_mix_relaxed() { return mix_of<DepthwiseStep>(); }

}  // namespace octavo
