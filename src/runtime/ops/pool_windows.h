// What float pools share: the list of input pixels in each window.
#pragma once

#include <algorithm>

#include "kernels/pool/f32_pool.h"
#include "runtime/ops/windows.h"

namespace octavo {

// The inputs in the window of output o: first, first + dilation, ... below end. Found without a
// look at each tap, because a file may ask for billions of them in the padding.
struct Taps {
  int64_t first, end;
};

inline Taps taps_inside(const WindowAxis& axis, int64_t o) {
  const int64_t begin = window_begin(axis, o);
  const int64_t skipped = begin >= 0 ? 0 : (-begin + axis.dilation - 1) / axis.dilation;
  return {begin + skipped * axis.dilation,
          std::min(axis.in, begin + (axis.kernel - 1) * axis.dilation + 1)};
}

// Calls pool(count, rows, oh, ow, y) for each output pixel of (N, H, W, C) data; rows are the input
// pixels in its window, in the order (kh, kw), padding left out. `rows` has row_bytes.
template <typename T, typename Pool>
void for_each_window(const ConvGeometry& geometry, const T* x, T* y, const T** rows, Pool&& pool) {
  const WindowAxis h = geometry.h(), w = geometry.w();
  const int64_t channels = geometry.in_channels;
  for (int64_t n = 0; n < geometry.batch; ++n, x += h.in * w.in * channels) {
    for (int64_t oh = 0; oh < h.out; ++oh) {
      const Taps down = taps_inside(h, oh);
      for (int64_t ow = 0; ow < w.out; ++ow, y += channels) {
        const Taps right = taps_inside(w, ow);
        size_t count = 0;
        for (int64_t ih = down.first; ih < down.end; ih += h.dilation) {
          for (int64_t iw = right.first; iw < right.end; iw += w.dilation) {
            rows[count++] = x + (ih * w.in + iw) * channels;
          }
        }
        pool(count, rows, oh, ow, y);
      }
    }
  }
}

inline uint64_t row_bytes(const ConvGeometry& geometry) {
  const auto inside = [](const WindowAxis& axis) {
    return static_cast<uint64_t>(std::min(axis.kernel, axis.in));
  };
  return inside(geometry.h()) * inside(geometry.w()) * sizeof(float*);
}

}  // namespace octavo
