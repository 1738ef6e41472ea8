// Depthwise convolution, a line at a time: pointers to the lines of x that the kernel's rows see.
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
    return pointer_bytes() + padding_bytes(geometry.w()) +
           qdwconv_scratch_bytes(line(geometry.w(), 0), weights_);
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
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
          weights_.kernel->run(part, weights_, out_, columns, y);
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

  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  QDwConvWeights weights_;
};

}  // namespace

Result<QConvMethodPtr> make_qconv_depthwise(const QConvParams& params, Isa isa) {
  const Shape& shape = params.w->shape();
  const auto columns = static_cast<size_t>(shape[shape.rank() - 1]);
  const size_t channels = params.multiplier.size();
  QDwConvWeights weights = pack_weights(
      {channels, static_cast<size_t>(params.w->count()) / channels / columns, columns,
       static_cast<const uint8_t*>(params.w->data()), params.w_signed, params.w_zero_point.data(),
       params.bias, params.multiplier.data(), params.x_signed, params.x_zero_point},
      isa);
  if (!weights.packed) return no_memory_for_weights();
  return QConvMethodPtr(std::make_shared<QConvDepthwise>(params, std::move(weights)));
}

}  // namespace octavo
