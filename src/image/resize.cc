// Two passes, horizontal then vertical, with 22-bit weights and 8 bits between them: what Pillow's
// ImagingResample does, so that pictures equal those that most training pipelines saw.
//
// The inner loops run over neighbours in memory and have fixed bounds where they can, so that
// compilers make vectors of them; integers give the same bytes in any order.
#include "image/resize.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace octavo {
namespace {

constexpr int kPrecisionBits = 22;  // 32 - 8 bits of pixel - 2 of head room
constexpr int kHalf = 1 << (kPrecisionBits - 1);

uint8_t rounded(int sum) { return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255)); }

struct Taps {
  int first;                 // index of the first source pixel
  std::vector<int> weights;  // fixed point, summing to about 1 << kPrecisionBits
};

// Triangle filter around the centres of `count` targets from `begin` on, of `to` in all; cut at the
// borders and normalised.
std::vector<Taps> make_taps(int from, int to, int begin, int count, Interpolation interpolation) {
  const double scale = static_cast<double>(from) / to;
  const double support = interpolation == Interpolation::kBilinear ? std::max(scale, 1.0) : 1.0;
  std::vector<Taps> all;
  for (int i = begin; i < begin + count; ++i) {
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
    while (taps.weights.size() > 1 && taps.weights.back() == 0) taps.weights.pop_back();
    all.push_back(std::move(taps));
  }
  return all;
}

// One row, all channels of a pixel side by side.
template <size_t kChannels>
uint8_t* weigh_row(const uint8_t* row, const std::vector<Taps>& taps, uint8_t* out) {
  for (const Taps& t : taps) {
    std::array<int, kChannels> sum;
    sum.fill(kHalf);
    const uint8_t* in = row + static_cast<size_t>(t.first) * kChannels;
    for (const int weight : t.weights) {
      for (size_t c = 0; c < kChannels; ++c) sum[c] += in[c] * weight;
      in += kChannels;
    }
    for (size_t c = 0; c < kChannels; ++c) *out++ = rounded(sum[c]);
  }
  return out;
}

// Rows `top` to `bottom` of the picture.
Image resize_width(const Image& image, const std::vector<Taps>& taps, int top, int bottom) {
  const size_t channels = static_cast<size_t>(image.channels);
  const size_t stride = static_cast<size_t>(image.width) * channels;
  Image out{static_cast<int>(taps.size()), bottom - top, image.channels, {}};
  out.pixels.resize(taps.size() * static_cast<size_t>(bottom - top) * channels);
  const auto weigh = channels == 4 ? weigh_row<4> : channels == 3 ? weigh_row<3> : weigh_row<1>;
  uint8_t* to = out.pixels.data();
  for (int y = top; y < bottom; ++y) {
    to = weigh(&image.pixels[static_cast<size_t>(y) * stride], taps, to);
  }
  return out;
}

// `top`: where the rows of the picture begin that taps count from.
Image resize_height(const Image& image, const std::vector<Taps>& taps, int top) {
  const size_t row = static_cast<size_t>(image.width) * static_cast<size_t>(image.channels);
  Image out{image.width, static_cast<int>(taps.size()), image.channels, {}};
  out.pixels.resize(row * taps.size());
  std::vector<int> sums(row);
  uint8_t* to = out.pixels.data();
  for (const Taps& t : taps) {
    std::fill(sums.begin(), sums.end(), kHalf);
    const uint8_t* in = &image.pixels[static_cast<size_t>(t.first - top) * row];
    for (const int weight : t.weights) {
      for (size_t x = 0; x < row; ++x) sums[x] += in[x] * weight;
      in += row;
    }
    for (size_t x = 0; x < row; ++x) to[x] = rounded(sums[x]);
    to += row;
  }
  return out;
}

}  // namespace

Image resize(const Image& image, Size size, Window part, Interpolation interpolation) {
  const auto columns =
      make_taps(image.width, size.width, part.left, part.size.width, interpolation);
  const auto rows = make_taps(image.height, size.height, part.top, part.size.height, interpolation);
  int top = image.height, bottom = 0;
  for (const Taps& row : rows) {
    top = std::min(top, row.first);
    bottom = std::max(bottom, row.first + static_cast<int>(row.weights.size()));
  }
  return resize_height(resize_width(image, columns, top, bottom), rows, top);
}

}  // namespace octavo
