// Depthwise convolution: pointers to what every tap of a pixel sees, from which those of the pixels
// beside it follow.
#include <algorithm>
#include <cstring>

#include "kernels/qdwconv/qdwconv.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {
namespace {

class QConvDepthwise final : public QConvMethod {
 public:
  QConvDepthwise(const QConvParams& params, QDwConvWeights weights)
      : out_(params.out),
        x_signed_(params.x_signed),
        zero_(static_cast<uint8_t>(params.x_zero_point)),
        weights_(std::move(weights)) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return pointer_bytes() + padding_bytes(geometry.w());
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    auto* taps = reinterpret_cast<const uint8_t**>(scratch);
    auto* padding = reinterpret_cast<uint8_t*>(scratch) + pointer_bytes();
    const WindowAxis h = geometry.h(), w = geometry.w();
    std::memset(padding, zero_, static_cast<size_t>(padding_bytes(w)));
    const size_t channels = weights_.channels, step = static_cast<size_t>(w.stride) * channels;
    // Pixels whose taps all lie within the line; others are taken one by one.
    const int64_t first = std::min(w.out, (w.pad_begin + w.stride - 1) / w.stride);
    const int64_t reach = w.in + w.pad_begin - (w.kernel - 1) * w.dilation;
    const int64_t last = std::clamp<int64_t>((reach + w.stride - 1) / w.stride, first, w.out);
    for (int64_t n = 0; n < geometry.batch; ++n) {
      const uint8_t* image = x + static_cast<size_t>(n * h.in * w.in) * channels;
      for (int64_t oy = 0; oy < h.out; ++oy) {
        for (int64_t ox = 0; ox < w.out;) {
          const int64_t count = ox == first && last > first ? last - first : 1;
          point(h, w, image, oy, ox, padding, taps);
          weights_.kernel->run(static_cast<size_t>(count), taps, step, x_signed_, weights_, out_,
                               y);
          y += static_cast<size_t>(count) * channels;
          ox += count;
        }
      }
    }
  }

 private:
  uint64_t pointer_bytes() const { return weights_.taps * sizeof(const uint8_t*); }
  // As long as the line that a tap passes over.
  uint64_t padding_bytes(const WindowAxis& w) const {
    return static_cast<uint64_t>(std::max<int64_t>(w.out * w.stride, 1)) * weights_.channels;
  }

  // What each tap of one pixel sees.
  void point(const WindowAxis& h, const WindowAxis& w, const uint8_t* image, int64_t oy, int64_t ox,
             const uint8_t* padding, const uint8_t** taps) const {
    for (int64_t k = 0; k < h.kernel; ++k) {
      const int64_t iy = oy * h.stride + k * h.dilation - h.pad_begin;
      for (int64_t j = 0; j < w.kernel; ++j) {
        const int64_t ix = ox * w.stride + j * w.dilation - w.pad_begin;
        const bool inside = iy >= 0 && iy < h.in && ix >= 0 && ix < w.in;
        *taps++ =
            inside ? image + static_cast<size_t>(iy * w.in + ix) * weights_.channels : padding;
      }
    }
  }

  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  QDwConvWeights weights_;
};

}  // namespace

Result<QConvMethodPtr> make_qconv_depthwise(const QConvParams& params, Isa isa) {
  const size_t channels = params.multiplier.size();
  QDwConvWeights weights = pack_weights(
      {channels, static_cast<size_t>(params.w->count()) / channels,
       static_cast<const uint8_t*>(params.w->data()), params.w_signed, params.w_zero_point.data(),
       params.bias, params.multiplier.data(), params.x_signed, params.x_zero_point},
      isa);
  if (!weights.packed) return no_memory_for_weights();
  return QConvMethodPtr(std::make_shared<QConvDepthwise>(params, std::move(weights)));
}

}  // namespace octavo
