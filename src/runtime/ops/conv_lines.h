// Depthwise convolution of bytes, a line at a time: pointers to the lines of x that the kernel's
// rows see.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernels/qdwconv/qdwconv.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {

// kOutOfMemory where there is none for the packed weights.
Result<QDwConvWeights> pack_depthwise(const QConvParams& params, Isa isa);

class ConvLines {
 public:
  // `zero` is the byte of padding.
  ConvLines(const QDwConvWeights& weights, bool x_signed, uint8_t zero)
      : weights_(weights), x_signed_(x_signed), zero_(zero) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const {
    return pointer_bytes() + padding_bytes(geometry.w()) +
           qdwconv_scratch_bytes(line(geometry.w(), 0), weights_);
  }

  // run(line, scratch, y) for parts of lines of y, whose elements follow each other.
  template <typename T, typename Run>
  void run(const ConvGeometry& geometry, const uint8_t* x, T* y, std::byte* scratch,
           Run run) const {
    const WindowAxis h = geometry.h(), w = geometry.w();
    auto* rows = reinterpret_cast<const uint8_t**>(scratch);
    auto* padding = reinterpret_cast<uint8_t*>(scratch) + pointer_bytes();
    uint8_t* columns = padding + padding_bytes(w);
    std::memset(padding, zero_, static_cast<size_t>(padding_bytes(w)));
    const size_t line_bytes = static_cast<size_t>(w.in) * weights_.channels;
    for (int64_t n = 0; n < geometry.batch; ++n, x += static_cast<size_t>(h.in) * line_bytes) {
      for (int64_t oy = 0; oy < h.out; ++oy) {
        for (int64_t k = 0; k < h.kernel; ++k) {
          const int64_t iy = oy * h.stride + k * h.dilation - h.pad_begin;
          const bool inside = iy >= 0 && iy < h.in;
          rows[k] = inside ? x + static_cast<size_t>(iy) * line_bytes : padding;
        }
        for (int64_t ox = 0; ox < w.out; ox += kMostPixels) {
          QDwConvLine part = line(w, ox);
          part.x = rows;
          run(part, columns, y);
          y += part.pixels * weights_.channels;
        }
      }
    }
  }

 private:
  static constexpr int64_t kMostPixels = 128;  // whose columns stay in the first-level cache

  // Pixels of a line of y, from `ox` on.
  QDwConvLine line(const WindowAxis& w, int64_t ox) const {
    return {nullptr,
            w.in,
            ox * w.stride - w.pad_begin,
            static_cast<size_t>(w.stride),
            static_cast<size_t>(w.dilation),
            static_cast<size_t>(std::min(w.out - ox, kMostPixels)),
            x_signed_,
            zero_};
  }
  uint64_t pointer_bytes() const { return weights_.rows * sizeof(const uint8_t*); }
  uint64_t padding_bytes(const WindowAxis& w) const {
    return static_cast<uint64_t>(w.in) * weights_.channels;
  }

  const QDwConvWeights& weights_;
  bool x_signed_;
  uint8_t zero_;
};

}  // namespace octavo
