// The fast variants: P pixels, which share the weights, x V vectors of channels, their sums in
// registers. Each variant is compiled for processors of its own, so this calls no function that
// others share.
#pragma once

#include "kernels/dwconv/f32_dwconv.h"
#include "kernels/unrolled.h"

namespace octavo {
namespace {

// From channel c on; returns the channel after the last whole group.
template <typename Vector, size_t P, size_t V>
size_t run_channels(const F32DwConv& dwconv, const float* const* rows, float* out, size_t c) {
  constexpr size_t kLanes = Vector::kLanes;
  for (; c + V * kLanes <= dwconv.channels; c += V * kLanes) {
    Vector sums[P][V];
    unrolled<P>([&](auto p) {
      unrolled<V>([&](auto v) { sums[p][v] = Vector::load(dwconv.bias + c + v * kLanes); });
    });
    const float* weights = dwconv.w + c;
    for (size_t t = 0; t < dwconv.taps; ++t, weights += dwconv.channels) {
      Vector w[V];
      unrolled<V>([&](auto v) { w[v] = Vector::load(weights + v * kLanes); });
      unrolled<P>([&](auto p) {
        const float* x = rows[p * dwconv.taps + t] + c;
        unrolled<V>([&](auto v) { sums[p][v] = sums[p][v] + Vector::load(x + v * kLanes) * w[v]; });
      });
    }
    unrolled<P>([&](auto p) {
      float* to = out + p * dwconv.channels + c;
      unrolled<V>([&](auto v) { sums[p][v].clamped(dwconv.clamp).store(to + v * kLanes); });
    });
  }
  return c;
}

float run_channel(const F32DwConv& dwconv, const float* const* rows, size_t c) {
  float acc = dwconv.bias[c];
  for (size_t t = 0; t < dwconv.taps; ++t) acc += rows[t][c] * dwconv.w[t * dwconv.channels + c];
  acc = acc < dwconv.clamp.low ? dwconv.clamp.low : acc;
  return dwconv.clamp.high < acc ? dwconv.clamp.high : acc;
}

// Pixels from p on, P at a time, and the rest.
template <typename Vector, size_t P, size_t V>
void run_pixels(const F32DwConv& dwconv, size_t p) {
  for (; p + P <= dwconv.pixels; p += P) {
    const float* const* rows = dwconv.rows + p * dwconv.taps;
    float* out = dwconv.out + p * dwconv.channels;
    size_t c = run_channels<Vector, P, V>(dwconv, rows, out, 0);
    c = run_channels<Vector, P, 1>(dwconv, rows, out, c);
    for (; c < dwconv.channels; ++c) {
      for (size_t i = 0; i < P; ++i) {
        out[i * dwconv.channels + c] = run_channel(dwconv, rows + i * dwconv.taps, c);
      }
    }
  }
  if constexpr (P > 1) {
    if (p < dwconv.pixels) run_pixels<Vector, P - 1, V>(dwconv, p);
  }
}

template <typename Vector, size_t P, size_t V>
void run_dwconv(const F32DwConv& dwconv) {
  run_pixels<Vector, P, V>(dwconv, 0);
}

}  // namespace
}  // namespace octavo
