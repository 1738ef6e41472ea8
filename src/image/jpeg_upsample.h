// Colours of a JPEG that were kept at half the size, as libjpeg upsamples them unless it is told
// otherwise ("fancy"), to the bit. What comes before and after it: kernels/jpeg/jpeg.h.
#pragma once

#include <cstdint>

namespace octavo {

// Twice as wide: (3 near + far) / 4 of neighbours; halves are rounded down at even places, up at
// odd ones. Rows of less than 3 are repeated. `out`: 2 * width.
void upsample_row(const uint8_t* in, int width, uint8_t* out);
// The same of 3 near + far of two rows: all is rounded once, at the end.
void upsample_rows(const uint8_t* near, const uint8_t* far, int width, uint8_t* out);

}  // namespace octavo
