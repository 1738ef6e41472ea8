// Mixes as loops. Each file that includes this has its own copy: they are compiled for different
// processors.
#pragma once

#include <wasm_simd128.h>

#include "kernels/requant_simd128.h"
#include "kernels/unrolled.h"
#include "tests/bench/mixes.h"

namespace octavo {
namespace {

// Step() fills the registers, step(lines, out) is one turn of the kernel's inner loop, and
// step.end(out) stores the accumulators, so that they are wanted.
template <typename Step>
void mix_loop(size_t steps, const uint8_t* lines, size_t stride, uint8_t* out) {
  Step step;
  for (; steps > 0; --steps, lines += stride, out += stride) step(lines, out);
  step.end(out);
}

template <typename Step>
constexpr Mix mix_of() {
  return {mix_loop<Step>, Step::kWork};
}

template <size_t kCount>
struct Accumulators {
  v128_t acc[kCount];
  Accumulators() {
    unrolled<kCount>([&](auto i) { acc[i] = wasm_i32x4_splat(0); });
  }
  void end(uint8_t* out) const {
    unrolled<kCount>([&](auto i) { wasm_v128_store(out + 16 * i, acc[i]); });
  }
};

// Two vectors of weights, and for each row a splat word of x, which holds Dot::kDepth numbers.
template <typename Dot, size_t kRows>
struct GemmStep : Accumulators<2 * kRows> {
  static constexpr size_t kWork = kRows * 8 * Dot::kDepth;
  void operator()(const uint8_t* lines, uint8_t*) {
    const v128_t w0 = wasm_v128_load(lines);
    const v128_t w1 = wasm_v128_load(lines + 16);
    unrolled<kRows>([&](auto m) {
      const v128_t x = Dot::splat(lines + 32 + 4 * m);
      v128_t* acc = this->acc + 2 * m;
      acc[0] = Dot::add(acc[0], w0, x);
      acc[1] = Dot::add(acc[1], w1, x);
    });
  }
};

// Of 8 channels and a 3x3 kernel: a column laid down, a pixel that reads its three, one of y
// written.
template <typename Columns>
struct DepthwiseStep {
  static constexpr size_t kWork = 72;
  RequantSimd<false> requant{{128, 0, 255}};
  v128_t bias = wasm_i32x4_splat(1), multiplier = wasm_f32x4_splat(1e-3f);
  v128_t w[Columns::kGroups][2];

  DepthwiseStep() {
    unrolled<Columns::kGroups>([&](auto g) { w[g][0] = w[g][1] = wasm_i32x4_splat(g + 1); });
  }
  void operator()(const uint8_t* lines, uint8_t* out) const {
    Columns::lay(lines, out + 16);
    v128_t low = bias, high = bias;
    unrolled<Columns::kGroups>([&](auto g) {
      low = Columns::add(low, w[g][0], wasm_v128_load(lines + 32 * g));
      high = Columns::add(high, w[g][1], wasm_v128_load(lines + 32 * g + 16));
    });
    const v128_t bytes =
        requant.bytes(requant.from_acc(low, multiplier), requant.from_acc(high, multiplier));
    wasm_v128_store64_lane(out, bytes, 0);
  }
  void end(uint8_t*) const {}
};

template <typename Dot, size_t kRows = 8>
Mix gemm_mix_of(size_t rows) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return gemm_mix_of<Dot, kRows - 1>(rows);
  }
  return mix_of<GemmStep<Dot, kRows>>();
}

}  // namespace
}  // namespace octavo
