// Four floats side by side.
#pragma once

#include <wasm_simd128.h>

#include "kernels/gemm/f32_gemm.h"

namespace octavo {
namespace {

struct Four {
  static constexpr size_t kLanes = 4;
  v128_t lanes;

  static Four load(const float* from) { return {wasm_v128_load(from)}; }
  static Four splat(const float* from) { return {wasm_v128_load32_splat(from)}; }
  void store(float* to) const { wasm_v128_store(to, lanes); }
  Four operator+(Four other) const { return {wasm_f32x4_add(lanes, other.lanes)}; }
  Four operator*(Four other) const { return {wasm_f32x4_mul(lanes, other.lanes)}; }
  Four clamped(F32Clamp clamp) const {
    const v128_t least = wasm_f32x4_pmax(lanes, wasm_f32x4_splat(clamp.low));
    return {wasm_f32x4_pmin(least, wasm_f32x4_splat(clamp.high))};
  }
};

}  // namespace
}  // namespace octavo
