// The last steps of decoding a JPEG, from coefficients to pixels, to the bit as libjpeg does them
// unless it is told otherwise ("islow" transform, "fancy" upsampling): what Pillow, OpenCV and
// torchvision show a network in training is what it sees here. stb_image, which does all other
// steps, rounds elsewhere and comes to levels up to 3 away.
#pragma once

#include <cstdint>

namespace octavo {

// Inverse DCT of 8 x 8 dequantized coefficients, rows of rising vertical frequency, to samples,
// rows `stride` apart. Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with
// 11 multiplications", 1989, in integers of 13 fractional bits, of which 2 remain between the
// passes.
void inverse_dct(const int16_t coefficients[64], uint8_t* samples, int stride);

// Twice as wide: (3 near + far) / 4 of neighbours; halves are rounded down at even places, up at
// odd ones. Rows of less than 3 are repeated. `out`: 2 * width.
void upsample_row(const uint8_t* in, int width, uint8_t* out);
// The same of 3 near + far of two rows: all is rounded once, at the end.
void upsample_rows(const uint8_t* near, const uint8_t* far, int width, uint8_t* out);

// JFIF's YCbCr in 16 fractional bits to RGB, or RGB and 255: pixels are `channels` (3 or 4) apart.
void ycc_to_rgb(const uint8_t* y, const uint8_t* cb, const uint8_t* cr, int count, int channels,
                uint8_t* out);

}  // namespace octavo
