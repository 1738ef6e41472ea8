// Depthwise convolution: for each line of the output, pointers to what every tap of every pixel
// sees.
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
    return pointer_bytes(geometry) + weights_.channels;
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    auto* pointers = reinterpret_cast<const uint8_t**>(scratch);
    auto* padding = reinterpret_cast<uint8_t*>(scratch) + pointer_bytes(geometry);
    std::memset(padding, zero_, weights_.channels);
    const WindowAxis h = geometry.h(), w = geometry.w();
    const size_t image = static_cast<size_t>(h.in * w.in) * weights_.channels;
    const size_t line = static_cast<size_t>(w.out) * weights_.channels;
    for (int64_t n = 0; n < geometry.batch; ++n, x += image) {
      for (int64_t oy = 0; oy < h.out; ++oy, y += line) {
        for (int64_t k = 0; k < h.kernel; ++k) {
          const int64_t iy = oy * h.stride + k * h.dilation - h.pad_begin;
          point_line(w, iy >= 0 && iy < h.in ? x : nullptr, iy, k, padding, pointers);
        }
        weights_.kernel->run(static_cast<size_t>(w.out), pointers, x_signed_, weights_, out_, y);
      }
    }
  }

 private:
  uint64_t pointer_bytes(const ConvGeometry& geometry) const {
    return static_cast<uint64_t>(geometry.w().out) * weights_.taps * sizeof(const uint8_t*);
  }

  // Taps of line k of the kernel for all pixels of an output line; x null: a line of padding.
  void point_line(const WindowAxis& w, const uint8_t* x, int64_t iy, int64_t k,
                  const uint8_t* padding, const uint8_t** pointers) const {
    const uint8_t** to = pointers + k * w.kernel;
    for (int64_t ox = 0; ox < w.out; ++ox, to += weights_.taps) {
      for (int64_t j = 0; j < w.kernel; ++j) {
        const int64_t ix = ox * w.stride + j * w.dilation - w.pad_begin;
        const bool inside = x && ix >= 0 && ix < w.in;
        to[j] = inside ? x + static_cast<size_t>(iy * w.in + ix) * weights_.channels : padding;
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
