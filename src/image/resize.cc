// Two passes, horizontal then vertical, with 22-bit weights and 8 bits between them: what Pillow's
// ImagingResample does, so that pictures equal those that most training pipelines saw.
#include "image/resize.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/resample/resample.h"

namespace octavo {
namespace {

// The sources that one target is weighed from.
struct Triangle {
  size_t first;
  std::vector<double> weights;  // not normalised
};

// Around the centre of a target, cut at the borders.
Triangle triangle(double center, double support, int from) {
  const int first = std::max(0, static_cast<int>(center - support + 0.5));
  const int last = std::min(from, static_cast<int>(center + support + 0.5));
  Triangle target{static_cast<size_t>(first), {}};
  for (int x = first; x < last; ++x) {
    target.weights.push_back(std::max(0.0, 1.0 - std::fabs((x - center + 0.5) / support)));
  }
  return target;
}

// `count` targets from `begin` on, of `to` in all.
ResampleTaps make_taps(int from, int to, int begin, int count, Interpolation interpolation) {
  const double scale = static_cast<double>(from) / to;
  const double support = interpolation == Interpolation::kBilinear ? std::max(scale, 1.0) : 1.0;
  const double between_corners = to > 1 ? static_cast<double>(from - 1) / (to - 1) : 0;
  std::vector<Triangle> targets;
  ResampleTaps taps;
  for (int i = begin; i < begin + count; ++i) {
    const double center = interpolation == Interpolation::kBilinearCorners
                              ? i * between_corners + 0.5
                              : (i + 0.5) * scale;
    targets.push_back(triangle(center, support, from));
    taps.each = std::max(taps.each, targets.back().weights.size());
  }
  for (const auto& [first, weights] : targets) {
    const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
    taps.first.push_back(std::min(first, static_cast<size_t>(from) - taps.each));
    taps.weight.resize(taps.first.size() * taps.each);
    auto fixed =
        taps.weight.end() - static_cast<ptrdiff_t>(taps.each - (first - taps.first.back()));
    for (const double w : weights) {
      *fixed++ = static_cast<int32_t>(0.5 + w / sum * (1 << kResampleBits));
    }
  }
  return taps;
}

size_t begin_of(const ResampleTaps& taps) { return *std::ranges::min_element(taps.first); }
size_t end_of(const ResampleTaps& taps) {
  return *std::ranges::max_element(taps.first) + taps.each;
}

// Rows `top` to `bottom` of the picture.
Image resize_width(const ImageView& image, const ResampleTaps& taps, size_t top, size_t bottom) {
  const auto channels = static_cast<size_t>(image.channels);
  const size_t from = static_cast<size_t>(image.width) * channels;
  const size_t to = taps.first.size() * channels;
  Image out{static_cast<int>(taps.first.size()), static_cast<int>(bottom - top), image.channels,
            std::vector<uint8_t>(to * (bottom - top))};
  const ResampleKernel& kernel = resample_kernel(best_isa());
  for (size_t y = top; y < bottom; ++y) {
    kernel.row(&image.pixels[y * from], channels, taps, &out.pixels[(y - top) * to]);
  }
  return out;
}

// `top`: where the rows of the picture begin that taps count from.
Image resize_height(const Image& image, const ResampleTaps& taps, size_t top) {
  const size_t row = static_cast<size_t>(image.width) * static_cast<size_t>(image.channels);
  const size_t height = taps.first.size();
  Image out{image.width, static_cast<int>(height), image.channels,
            std::vector<uint8_t>(row * height)};
  const ResampleKernel& kernel = resample_kernel(best_isa());
  for (size_t y = 0; y < height; ++y) {
    kernel.rows(&image.pixels[(taps.first[y] - top) * row], row, &taps.weight[y * taps.each],
                taps.each, row, &out.pixels[y * row]);
  }
  return out;
}

}  // namespace

Image resize(const ImageView& image, Size size, Window part, Interpolation interpolation) {
  const ResampleTaps columns =
      make_taps(image.width, size.width, part.left, part.size.width, interpolation);
  const ResampleTaps rows =
      make_taps(image.height, size.height, part.top, part.size.height, interpolation);
  const size_t top = begin_of(rows);
  return resize_height(resize_width(image, columns, top, end_of(rows)), rows, top);
}

}  // namespace octavo
