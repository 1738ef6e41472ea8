#include "kernels/resize/resize_axis.h"

#include <cstring>

namespace octavo {
namespace {

template <int kWidth>
void blend(const float* x, float* y, const int64_t* index, const float* weight, int64_t inner) {
  const float* from[kWidth];
  for (int t = 0; t < kWidth; ++t) from[t] = x + index[t] * inner;
  for (int64_t i = 0; i < inner; ++i) {
    float sum = from[0][i] * weight[0];
    for (int t = 1; t < kWidth; ++t) sum += from[t][i] * weight[t];
    y[i] = sum;
  }
}

template <typename T>
void pick_elements(const T* x, T* y, const ResizeTaps& taps) {
  for (size_t i = 0; i < taps.index.size(); ++i) y[i] = x[taps.index[i]];
}

}  // namespace

void resize_axis_f32(const float* x, float* y, const ResizeTaps& taps, int64_t outer, int64_t in,
                     int64_t inner) {
  const auto function = taps.width == 2 ? blend<2> : blend<4>;
  for (int64_t o = 0; o < outer; ++o, x += in * inner) {
    for (int64_t j = 0; j < taps.outputs(); ++j, y += inner) {
      function(x, y, &taps.index[static_cast<size_t>(j * taps.width)],
               &taps.weight[static_cast<size_t>(j * taps.width)], inner);
    }
  }
}

void resize_axis_nearest(const std::byte* x, std::byte* y, const ResizeTaps& taps, int64_t outer,
                         int64_t in, int64_t inner) {
  for (int64_t o = 0; o < outer; ++o, x += in * inner, y += taps.outputs() * inner) {
    if (inner == 4) {  // single floats: too short for memcpy
      pick_elements(reinterpret_cast<const uint32_t*>(x), reinterpret_cast<uint32_t*>(y), taps);
      continue;
    }
    for (int64_t j = 0; j < taps.outputs(); ++j) {
      std::memcpy(y + j * inner, x + taps.index[static_cast<size_t>(j)] * inner,
                  static_cast<size_t>(inner));
    }
  }
}

}  // namespace octavo
