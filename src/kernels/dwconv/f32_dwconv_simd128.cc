#include <wasm_simd128.h>

#include "kernels/dwconv/f32_dwconv.h"

namespace octavo {
namespace {

// Four channels of one pixel, V vectors at a time; returns the channel after the last whole group.
template <size_t V>
size_t run_channels(const F32DwConv& dwconv, const float* const* rows, float* out, size_t c) {
  const v128_t low = wasm_f32x4_splat(dwconv.clamp.low);
  const v128_t high = wasm_f32x4_splat(dwconv.clamp.high);
  for (; c + 4 * V <= dwconv.channels; c += 4 * V) {
    v128_t acc[V];
    for (size_t v = 0; v < V; ++v) acc[v] = wasm_v128_load(dwconv.bias + c + 4 * v);
    const float* w = dwconv.w + c;
    for (size_t t = 0; t < dwconv.taps; ++t, w += dwconv.channels) {
      const float* x = rows[t] + c;
      for (size_t v = 0; v < V; ++v) {
        const v128_t product = wasm_f32x4_mul(wasm_v128_load(x + 4 * v), wasm_v128_load(w + 4 * v));
        acc[v] = wasm_f32x4_add(acc[v], product);
      }
    }
    for (size_t v = 0; v < V; ++v) {
      wasm_v128_store(out + c + 4 * v, wasm_f32x4_pmin(wasm_f32x4_pmax(acc[v], low), high));
    }
  }
  return c;
}

float run_channel(const F32DwConv& dwconv, const float* const* rows, size_t c) {
  float acc = dwconv.bias[c];
  for (size_t t = 0; t < dwconv.taps; ++t) acc += rows[t][c] * dwconv.w[t * dwconv.channels + c];
  acc = acc < dwconv.clamp.low ? dwconv.clamp.low : acc;
  return dwconv.clamp.high < acc ? dwconv.clamp.high : acc;
}

void run(const F32DwConv& dwconv) {
  const float* const* rows = dwconv.rows;
  float* out = dwconv.out;
  for (size_t p = 0; p < dwconv.pixels; ++p, rows += dwconv.taps, out += dwconv.channels) {
    size_t c = run_channels<4>(dwconv, rows, out, 0);
    c = run_channels<1>(dwconv, rows, out, c);
    for (; c < dwconv.channels; ++c) out[c] = run_channel(dwconv, rows, c);
  }
}

}  // namespace

extern const F32DwConvKernel f32_dwconv_1x16__simd128 = {"f32_dwconv_1x16__simd128", Isa::kSimd128,
                                                         run};

}  // namespace octavo
