// Convolution with kernels that are 3 wide, two neighbours of a line at a time (qwinograd.h).
#include <algorithm>
#include <cstring>

#include "kernels/qwinograd/qwinograd.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {
namespace {

constexpr size_t kBlockBytes = 1 << 19;  // of packed tiles, past which every panel goes

class QConvWinograd final : public QConvMethod {
 public:
  QConvWinograd(const QConvParams& params, QWinogradWeights weights)
      : out_(params.out),
        x_signed_(params.x_signed),
        zero_(static_cast<uint8_t>(params.x_zero_point)),
        weights_(std::move(weights)) {}

  uint64_t scratch_bytes(const ConvGeometry&) const override {
    return block_tiles() * (weights_.tile_bytes() + sizeof(WinogradOutputs)) + weights_.channels;
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    auto* outputs = reinterpret_cast<WinogradOutputs*>(scratch);
    auto* packed = reinterpret_cast<uint8_t*>(outputs + block_tiles());
    uint8_t* padding = packed + block_tiles() * weights_.tile_bytes();
    std::memset(padding, zero_, weights_.channels);
    const int64_t pairs = (geometry.w().out + 1) / 2;
    const int64_t all = geometry.batch * geometry.h().out * pairs;
    size_t tiles = 0;
    for (int64_t first = 0; first < all; first += kWinogradPairs) {
      pack_tile(geometry, x, y, pairs, first, all, padding, packed + tiles * weights_.tile_bytes(),
                outputs[tiles]);
      const bool last = first + static_cast<int64_t>(kWinogradPairs) >= all;
      if (++tiles < block_tiles() && !last) continue;
      for (size_t panel = 0; panel * kQGemmCols < weights_.n; ++panel) {
        for (size_t t = 0; t < tiles; ++t) {
          run_winograd_tile(weights_, panel, packed + t * weights_.tile_bytes(), out_, outputs[t]);
        }
      }
      tiles = 0;
    }
  }

 private:
  size_t block_tiles() const {
    return std::clamp<size_t>(kBlockBytes / weights_.tile_bytes(), 1, 16);
  }

  // Pairs [first, first + 4) of all images, line by line.
  void pack_tile(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y, int64_t pairs,
                 int64_t first, int64_t all, const uint8_t* padding, uint8_t* tile,
                 WinogradOutputs& outputs) const {
    const WindowAxis h = geometry.h(), w = geometry.w();
    struct Place {
      int64_t image, top, left;
    } places[kWinogradPairs];
    for (size_t p = 0; p < kWinogradPairs; ++p) {
      const int64_t pair = std::min(first + static_cast<int64_t>(p), all - 1);
      const int64_t line = pair / pairs, ox = pair % pairs * 2;
      places[p] = {line / h.out, line % h.out * h.stride - h.pad_begin, ox - w.pad_begin};
      uint8_t* pixel = y + static_cast<size_t>(line * w.out + ox) * weights_.n;
      const bool repeated = pair != first + static_cast<int64_t>(p);
      outputs[p][0] = repeated ? nullptr : pixel;
      outputs[p][1] = repeated || ox + 1 == w.out ? nullptr : pixel + weights_.n;
    }
    for (int64_t k = 0; k < h.kernel; ++k) {
      WinogradPixels pixels;
      for (size_t p = 0; p < kWinogradPairs; ++p) {
        const int64_t iy = places[p].top + k * h.dilation;
        for (int64_t j = 0; j < 4; ++j) {
          const int64_t ix = places[p].left + j;
          const bool inside = iy >= 0 && iy < h.in && ix >= 0 && ix < w.in;
          const int64_t at = (places[p].image * h.in + iy) * w.in + ix;
          pixels[p][j] = inside ? x + static_cast<size_t>(at) * weights_.channels : padding;
        }
      }
      pack_winograd_line(weights_, static_cast<size_t>(k), pixels, x_signed_, tile);
    }
  }

  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  QWinogradWeights weights_;
};

}  // namespace

bool takes_winograd(const QConvParams& params, const Attributes& attrs) {
  const Shape& w = params.w->shape();
  const auto ones = [&](const char* name) {
    const std::vector<int64_t> values = attrs.get_ints(name);
    return values.empty() || values.back() == 1;
  };
  return params.groups == 1 && w.rank() == 4 && w[3] == 3 && ones("strides") && ones("dilations") &&
         takes_winograd(static_cast<size_t>(w[1]), static_cast<size_t>(w[2]));
}

Result<QConvMethodPtr> make_qconv_winograd(const QConvParams& params, Isa) {
  const Shape& w = params.w->shape();
  QWinogradWeights weights = pack_winograd(
      {static_cast<size_t>(w[0]), static_cast<size_t>(w[1]), static_cast<size_t>(w[2]),
       static_cast<const uint8_t*>(params.w->data()), params.w_signed, params.w_zero_point.data(),
       params.bias, params.multiplier.data(), params.x_zero_point});
  if (!weights.packed) return no_memory_for_weights();
  return QConvMethodPtr(std::make_shared<QConvWinograd>(params, std::move(weights)));
}

}  // namespace octavo
