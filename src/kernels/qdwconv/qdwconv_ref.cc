#include "kernels/qdwconv/qdwconv_channel.h"

namespace octavo {
namespace {

void run(size_t pixels, const uint8_t* const* x, size_t step, bool is_signed,
         const QDwConvWeights& weights, const Requant& out, uint8_t* y) {
  for (size_t p = 0; p < pixels; ++p) {
    for (size_t c = 0; c < weights.channels; ++c) {
      *y++ = qdwconv_channel(x, p * step + c, is_signed, weights, out, c);
    }
  }
}

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_8c2__ref = {
    "qx8_qc8w_dwconv_8c2__ref", Isa::kRef, 8, 2, false, no_offset, run};

}  // namespace octavo
