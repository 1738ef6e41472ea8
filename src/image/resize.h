// Resizing of 8-bit pictures with fixed-point arithmetic: the same bytes everywhere.
#pragma once

#include "image/decode.h"

namespace octavo {

enum class Interpolation {
  kBilinear,         // Pillow's: the triangle grows when shrinking, so that it averages
  kBilinearPlain,    // two taps an axis, half-pixel centres, as OpenCV's INTER_LINEAR: aliases
  kBilinearCorners,  // two taps an axis, corners on corners, as MNN's quantization tool
};

struct Size {
  int width = 0;
  int height = 0;
  bool operator==(const Size&) const = default;
};

// A part of a picture, within it.
struct Window {
  int left = 0;
  int top = 0;
  Size size;
};

// `part` of the picture resized to `size`; nothing else of it is computed. 1, 3 or 4 channels.
// Sides at least 1 and at most kMaxPixels pixels in all.
Image resize(const ImageView& image, Size size, Window part, Interpolation interpolation);

}  // namespace octavo
