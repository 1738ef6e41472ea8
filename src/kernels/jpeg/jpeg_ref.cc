#include <algorithm>

#include "kernels/jpeg/inverse_dct.h"
#include "kernels/jpeg/jpeg.h"
#include "kernels/jpeg/ycc_pixel.h"

namespace octavo {
namespace {

using inverse_dct::kEven, inverse_dct::kOdd;

// Both `step` apart.
void transform(const int16_t* in, int16_t* out, size_t step, int shift) {
  for (size_t k = 0; k < 4; ++k) {
    uint32_t even = uint32_t{1} << (shift - 1), odd = 0;  // wrap
    for (size_t j = 0; j < 4; ++j) {
      even += static_cast<uint32_t>(kEven.at[k][j] * in[2 * j * step]);
      odd += static_cast<uint32_t>(kOdd.at[k][j] * in[(2 * j + 1) * step]);
    }
    const auto shifted = [&](uint32_t sum) {
      return static_cast<int16_t>(
          std::clamp(static_cast<int32_t>(sum) >> shift, INT16_MIN, INT16_MAX));
    };
    out[k * step] = shifted(even + odd);
    out[(7 - k) * step] = shifted(even - odd);
  }
}

void transform_block(const int16_t coefficients[64], uint8_t* samples, ptrdiff_t stride) {
  int16_t columns[64], rows[64];
  for (size_t x = 0; x < 8; ++x) {
    transform(coefficients + x, columns + x, 8, inverse_dct::kColumnShift);
  }
  for (size_t y = 0; y < 8; ++y) {
    transform(columns + 8 * y, rows + 8 * y, 1, inverse_dct::kRowShift);
    for (size_t x = 0; x < 8; ++x) {
      samples[x] = static_cast<uint8_t>(std::clamp(rows[8 * y + x] + inverse_dct::kMiddle, 0, 255));
    }
    samples += stride;
  }
}

void ycc_to_rgb(const uint8_t* y, const uint8_t* cb, const uint8_t* cr, size_t count,
                size_t channels, uint8_t* out) {
  for (size_t i = 0; i < count; ++i) ycc::pixel(y[i], cb[i], cr[i], channels, out + i * channels);
}

}  // namespace

extern const JpegKernel u8_jpeg__ref{"u8_jpeg__ref", Isa::kRef, transform_block, ycc_to_rgb};

}  // namespace octavo
