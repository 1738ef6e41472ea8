// What float pools share: the list of input pixels in each window.
#pragma once

#include "kernels/pool/f32_pool.h"
#include "runtime/ops/windows.h"

namespace octavo {

// Calls pool(count, rows, oh, ow, y) for each output pixel of (N, H, W, C) data; rows are the input
// pixels in its window, in the order (kh, kw), padding left out. `rows` has room for all taps.
template <typename Pool>
void for_each_window(const ConvGeometry& geometry, const float* x, float* y, const float** rows,
                     Pool&& pool) {
  const WindowAxis h = geometry.h(), w = geometry.w();
  const int64_t channels = geometry.in_channels;
  for (int64_t n = 0; n < geometry.batch; ++n, x += h.in * w.in * channels) {
    for (int64_t oh = 0; oh < h.out; ++oh) {
      for (int64_t ow = 0; ow < w.out; ++ow, y += channels) {
        size_t count = 0;
        for (int64_t kh = 0; kh < h.kernel; ++kh) {
          const int64_t ih = tap(h, oh, kh);
          for (int64_t kw = 0; ih >= 0 && kw < w.kernel; ++kw) {
            const int64_t iw = tap(w, ow, kw);
            if (iw >= 0) rows[count++] = x + (ih * w.in + iw) * channels;
          }
        }
        pool(count, rows, oh, ow, y);
      }
    }
  }
}

inline size_t row_bytes(const ConvGeometry& geometry) {
  return static_cast<size_t>(geometry.h().kernel * geometry.w().kernel) * sizeof(float*);
}

}  // namespace octavo
