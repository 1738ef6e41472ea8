#include "kernels/relaxed_dot_simd.h"
#include "tests/bench/mix_loop.h"

namespace octavo {
namespace {

struct ByteDot {
  static constexpr size_t kDepth = 4;
  static v128_t splat(const uint8_t* word) { return splat_word(word); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) { return add_dot(acc, w, x); }
};

struct ByteColumns {
  static v128_t zip(v128_t a, v128_t b) {
    return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  }
  static constexpr size_t kGroups = 3;
  static void lay(const uint8_t* lines, uint8_t* out) {
    const auto row = [&](size_t i) { return wasm_v128_load64_zero(lines + 8 * i); };
    const v128_t ab = zip(row(0), row(1)), cd = zip(row(2), row(3));
    wasm_v128_store(out, wasm_i16x8_shuffle(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11));
    wasm_v128_store(out + 16, wasm_i16x8_shuffle(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15));
  }
  static v128_t add(v128_t acc, v128_t w, v128_t x) { return add_dot(acc, w, x); }
};

}  // namespace

Mix qgemm_mix_relaxed(size_t rows) { return gemm_mix_of<ByteDot>(rows); }
Mix qdwconv_mix_relaxed() { return mix_of<DepthwiseStep<ByteColumns>>(); }

}  // namespace octavo
