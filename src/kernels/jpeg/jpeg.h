// The last steps of decoding a JPEG that stb_image rounds elsewhere, to the bit as libjpeg does
// them unless it is told otherwise: what Pillow, OpenCV and torchvision show a network in training
// is what it sees here. (The one between them is image/jpeg_upsample.h.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"

namespace octavo {

struct JpegKernel {
  const char* name;
  Isa isa;
  // Inverse DCT of 8 x 8 dequantized coefficients, rows of rising vertical frequency, to samples,
  // rows `stride` apart: inverse_dct.h.
  void (*inverse_dct)(const int16_t coefficients[64], uint8_t* samples, ptrdiff_t stride);
  // JFIF's YCbCr in 16 fractional bits to RGB, or RGB and 255: pixels are `channels` (3 or 4)
  // apart.
  void (*ycc_to_rgb)(const uint8_t* y, const uint8_t* cb, const uint8_t* cr, size_t count,
                     size_t channels, uint8_t* out);
};

std::span<const JpegKernel* const> jpeg_kernels();
const JpegKernel& jpeg_kernel(Isa isa);

}  // namespace octavo
