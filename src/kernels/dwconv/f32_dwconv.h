// Depthwise convolution, channels last, of any window:
//
//   out[p][c] = clamp(bias[c] + rows[p][0][c] * w[0][c] + rows[p][1][c] * w[1][c] + ...)
//
// summed from left to right in float, every product and every sum rounded by itself (no FMA).
// rows[p][t] points at the input pixel under tap t of output pixel p, or at zeros where that is
// padding: so padding adds 0 * w. clamp as in kernels/gemm/f32_gemm.h.
//
// Nothing is read outside of [0..channels) of a row, a tap of w and bias.
#pragma once

#include <cstddef>
#include <span>

#include "kernels/gemm/f32_gemm.h"
#include "kernels/isa.h"

namespace octavo {

struct F32DwConv {
  size_t pixels = 0;
  size_t taps = 0;
  size_t channels = 0;
  const float* const* rows = nullptr;  // (pixels, taps)
  const float* w = nullptr;            // (taps, channels)
  const float* bias = nullptr;         // (channels)
  float* out = nullptr;                // (pixels, channels)
  F32Clamp clamp;
};

struct F32DwConvKernel {
  const char* name;
  Isa isa;
  void (*run)(const F32DwConv& dwconv);
};

std::span<const F32DwConvKernel* const> f32_dwconv_kernels();
const F32DwConvKernel& f32_dwconv_kernel(Isa isa);

}  // namespace octavo
