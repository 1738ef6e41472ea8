#include "kernels/dwconv/f32_dwconv.h"

namespace octavo {
namespace {

void run(const F32DwConv& dwconv) {
  const F32Clamp clamp = dwconv.clamp;
  for (size_t p = 0; p < dwconv.pixels; ++p) {
    for (size_t c = 0; c < dwconv.channels; ++c) {
      float acc = dwconv.bias[c];
      for (size_t t = 0; t < dwconv.taps; ++t) {
        acc += dwconv.rows[p * dwconv.taps + t][c] * dwconv.w[t * dwconv.channels + c];
      }
      acc = acc < clamp.low ? clamp.low : acc;
      dwconv.out[p * dwconv.channels + c] = clamp.high < acc ? clamp.high : acc;
    }
  }
}

}  // namespace

extern const F32DwConvKernel f32_dwconv_1x16__ref = {"f32_dwconv_1x16__ref", Isa::kRef, run};

}  // namespace octavo
