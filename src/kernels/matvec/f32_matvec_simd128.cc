#include <wasm_simd128.h>

#include <cstring>

#include "kernels/matvec/f32_matvec.h"
#include "kernels/reduce/reduce.h"

namespace octavo {
namespace {

constexpr int64_t kRows = 4;
constexpr int64_t kLanes = 8;

struct Eight {
  v128_t low, high;
};

Eight load(const float* from) { return {wasm_v128_load(from), wasm_v128_load(from + 4)}; }

// The last elements of a row, zeros behind them: a sum that began at +0 does not see them.
Eight load_some(const float* from, int64_t n) {
  float padded[kLanes] = {};
  std::memcpy(padded, from, static_cast<size_t>(n) * sizeof(float));
  return load(padded);
}

void multiply_add(Eight& sum, const Eight& a, const Eight& b) {
  sum.low = wasm_f32x4_add(sum.low, wasm_f32x4_mul(a.low, b.low));
  sum.high = wasm_f32x4_add(sum.high, wasm_f32x4_mul(a.high, b.high));
}

// The sums of four rows side by side: lanes j and j + 4, then j and j + 2, then j and j + 1.
v128_t combine(const Eight (&sums)[kRows]) {
  v128_t four[kRows];
  for (int r = 0; r < kRows; ++r) four[r] = wasm_f32x4_add(sums[r].low, sums[r].high);
  const auto fold = [](v128_t a, v128_t b) {
    return wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 1, 4, 5),
                          wasm_i32x4_shuffle(a, b, 2, 3, 6, 7));
  };
  const v128_t first = fold(four[0], four[1]), second = fold(four[2], four[3]);
  return wasm_f32x4_add(wasm_i32x4_shuffle(first, second, 0, 2, 4, 6),
                        wasm_i32x4_shuffle(first, second, 1, 3, 5, 7));
}

v128_t four_products(const float* m, const float* x, int64_t columns) {
  const v128_t zero = wasm_f32x4_splat(0.0f);
  Eight sums[kRows] = {{zero, zero}, {zero, zero}, {zero, zero}, {zero, zero}};
  int64_t k = 0;
  for (; k + kLanes <= columns; k += kLanes) {
    const Eight right = load(x + k);
    for (int r = 0; r < kRows; ++r) multiply_add(sums[r], load(m + r * columns + k), right);
  }
  if (k < columns) {
    const Eight right = load_some(x + k, columns - k);
    for (int r = 0; r < kRows; ++r) {
      multiply_add(sums[r], load_some(m + r * columns + k, columns - k), right);
    }
  }
  return combine(sums);
}

void run(const float* m, const float* x, int64_t rows, int64_t columns, float* y) {
  int64_t i = 0;
  for (; i + kRows <= rows; i += kRows) {
    const v128_t sums = four_products(m + i * columns, x, columns);
    wasm_v128_store(y + i, wasm_f32x4_add(wasm_v128_load(y + i), sums));
  }
  for (; i < rows; ++i) y[i] += dot_f32(m + i * columns, x, columns);
}

}  // namespace

extern const F32MatvecKernel f32_matvec_4x8__simd128 = {"f32_matvec_4x8__simd128", Isa::kSimd128,
                                                        run};

}  // namespace octavo
