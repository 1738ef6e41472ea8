// Resizing of 8-bit pictures with fixed-point arithmetic: the same bytes everywhere.
#pragma once

#include "image/decode.h"

namespace octavo {

enum class Interpolation {
  kBilinear,       // Pillow's: the triangle grows when shrinking, so that it averages
  kBilinearPlain,  // two taps an axis, half-pixel centres, as OpenCV's INTER_LINEAR: aliases
};

// Both sides at least 1 and at most kMaxPixels pixels in all.
Image resize(const Image& image, int width, int height, Interpolation interpolation);

}  // namespace octavo
