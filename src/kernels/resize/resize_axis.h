// One axis of a Resize: every output index is a weighted sum of `width` input indices.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace octavo {

struct ResizeTaps {
  int64_t width = 1;
  std::vector<int64_t> index;  // (out, width), each within the input's extent
  std::vector<float> weight;   // (out, width); unused where width is 1
  int64_t outputs() const { return static_cast<int64_t>(index.size()) / width; }
};

// x (outer, in, inner) -> y (outer, out, inner); sums in the order of the taps.
void resize_axis_f32(const float* x, float* y, const ResizeTaps& taps, int64_t outer, int64_t in,
                     int64_t inner);

// The same for width 1, where elements of any type are only copied; inner counts bytes.
void resize_axis_nearest(const std::byte* x, std::byte* y, const ResizeTaps& taps, int64_t outer,
                         int64_t in, int64_t inner);

}  // namespace octavo
