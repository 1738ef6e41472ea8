#include "kernels/resample/resample_element.h"

namespace octavo {
namespace {

void row(const uint8_t* x, size_t channels, const ResampleTaps& taps, uint8_t* y) {
  for (size_t i = 0; i < taps.first.size(); ++i) {
    for (size_t c = 0; c < channels; ++c) {
      *y++ = resample_element(x + taps.first[i] * channels + c, channels,
                              &taps.weight[i * taps.each], taps.each);
    }
  }
}

void rows(const uint8_t* x, size_t stride, const int32_t* weight, size_t each, size_t bytes,
          uint8_t* y) {
  for (size_t i = 0; i < bytes; ++i) y[i] = resample_element(x + i, stride, weight, each);
}

}  // namespace

extern const ResampleKernel u8_resample__ref = {"u8_resample__ref", Isa::kRef, row, rows};

}  // namespace octavo
