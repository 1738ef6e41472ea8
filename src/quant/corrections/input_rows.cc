#include "quant/corrections/input_rows.h"

#include <algorithm>

namespace octavo {

std::optional<InputRows> InputRows::make(const Node& node, const Shape& x, bool channels_last,
                                         const Shape& weights) {
  InputRows rows;
  if (node.op != Op::kConv && node.op != Op::kQLinearConv) {
    const int64_t width = x.rank() > 0 ? x[x.rank() - 1] : 0;
    if (width <= 0) return std::nullopt;
    rows.width_ = static_cast<size_t>(width);
    rows.count_ = static_cast<size_t>(x.count() / width);
    return rows;
  }
  const Result<ConvGeometry> geometry = conv_geometry(node.attrs, x, weights, channels_last);
  if (!geometry.ok() || geometry->spatial_rank() > 2) return std::nullopt;
  rows.conv_ = *geometry;
  const WindowAxis h = geometry->h(), w = geometry->w();
  rows.width_ = static_cast<size_t>(geometry->in_channels * h.kernel * w.kernel);
  rows.count_ = static_cast<size_t>(geometry->batch * h.out * w.out);
  return rows;
}

void InputRows::gather(const std::vector<float>& x, size_t row, float* to) const {
  if (!conv_) {
    std::copy_n(&x[row * width_], width_, to);
    return;
  }
  const WindowAxis h = conv_->h(), w = conv_->w();
  const auto at = static_cast<int64_t>(row);
  const int64_t image = at / (h.out * w.out);
  const int64_t top = at / w.out % h.out * h.stride - h.pad_begin;
  const int64_t left = at % w.out * w.stride - w.pad_begin;
  for (int64_t c = 0; c < conv_->in_channels; ++c) {
    const float* plane = &x[static_cast<size_t>((image * conv_->in_channels + c) * h.in * w.in)];
    for (int64_t ky = 0; ky < h.kernel; ++ky) {
      const int64_t iy = top + ky * h.dilation;
      for (int64_t kx = 0; kx < w.kernel; ++kx) {
        const int64_t ix = left + kx * w.dilation;
        const bool inside = iy >= 0 && iy < h.in && ix >= 0 && ix < w.in;
        *to++ = inside ? plane[iy * w.in + ix] : 0.0f;
      }
    }
  }
}

}  // namespace octavo
