#include "kernels/qpool/qpool_channel.h"

namespace octavo {
namespace {

void average(const QPoolWindow& window, int32_t bias, float multiplier, const Requant& out,
             uint8_t* y) {
  for (size_t c = 0; c < window.channels; ++c) {
    y[c] = qpool_average(window, c, bias, multiplier, out);
  }
}

void maximum(const QPoolWindow& window, uint8_t* y) {
  for (size_t c = 0; c < window.channels; ++c) y[c] = qpool_maximum(window, c);
}

}  // namespace

extern const QPoolKernel qx8_pool__ref = {"qx8_pool__ref", Isa::kRef, average, maximum};

}  // namespace octavo
