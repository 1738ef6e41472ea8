// Two passes, horizontal then vertical, with 22-bit weights and 8 bits between them: what Pillow's
// ImagingResample does, so that pictures equal those that most training pipelines saw.
#include "image/resize.h"

#include <algorithm>
#include <cmath>

namespace octavo {
namespace {

constexpr int kPrecisionBits = 22;  // 32 - 8 bits of pixel - 2 of head room

struct Taps {
  int first;                 // index of the first source pixel
  std::vector<int> weights;  // fixed point, summing to about 1 << kPrecisionBits
};

// Triangle filter around each target centre, cut at the borders and normalised.
std::vector<Taps> make_taps(int from, int to, Interpolation interpolation) {
  const double scale = static_cast<double>(from) / to;
  const double support = interpolation == Interpolation::kBilinear ? std::max(scale, 1.0) : 1.0;
  std::vector<Taps> all;
  for (int i = 0; i < to; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(center - support + 0.5));
    const int last = std::min(from, static_cast<int>(center + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int x = first; x < last; ++x) {
      const double distance = std::fabs((x - center + 0.5) / support);
      weights.push_back(std::max(0.0, 1.0 - distance));
      sum += weights.back();
    }
    Taps taps{first, {}};
    for (const double w : weights) {
      taps.weights.push_back(static_cast<int>(0.5 + w / sum * (1 << kPrecisionBits)));
    }
    all.push_back(std::move(taps));
  }
  return all;
}

// One output element: taps over `in`, whose neighbours lie `stride` bytes apart.
uint8_t weigh(const uint8_t* in, size_t stride, const Taps& taps) {
  int sum = 1 << (kPrecisionBits - 1);  // one half, for rounding
  for (const int w : taps.weights) {
    sum += *in * w;
    in += stride;
  }
  return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

Image resize_width(const Image& image, int width, Interpolation interpolation) {
  const std::vector<Taps> taps = make_taps(image.width, width, interpolation);
  const size_t channels = static_cast<size_t>(image.channels);
  Image out{width, image.height, image.channels, {}};
  out.pixels.reserve(static_cast<size_t>(width) * static_cast<size_t>(image.height) * channels);
  for (int y = 0; y < image.height; ++y) {
    const uint8_t* row =
        &image.pixels[static_cast<size_t>(y) * static_cast<size_t>(image.width) * channels];
    for (const Taps& t : taps) {
      for (size_t c = 0; c < channels; ++c) {
        out.pixels.push_back(weigh(row + static_cast<size_t>(t.first) * channels + c, channels, t));
      }
    }
  }
  return out;
}

Image resize_height(const Image& image, int height, Interpolation interpolation) {
  const size_t row = static_cast<size_t>(image.width) * static_cast<size_t>(image.channels);
  Image out{image.width, height, image.channels, {}};
  out.pixels.reserve(row * static_cast<size_t>(height));
  for (const Taps& t : make_taps(image.height, height, interpolation)) {
    const uint8_t* first = &image.pixels[static_cast<size_t>(t.first) * row];
    for (size_t x = 0; x < row; ++x) out.pixels.push_back(weigh(first + x, row, t));
  }
  return out;
}

}  // namespace

Image resize(const Image& image, int width, int height, Interpolation interpolation) {
  Image out = width == image.width ? image : resize_width(image, width, interpolation);
  return height == out.height ? out : resize_height(out, height, interpolation);
}

}  // namespace octavo
