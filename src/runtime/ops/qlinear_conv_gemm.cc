// Convolution as a matrix product: a row is what one output pixel sees, read a few rows at a time,
// never the whole tensor.
#include <cstring>

#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {
namespace {

// Lines of the kernel.
size_t pieces_of(const Shape& w) { return w.rank() < 4 ? 1 : static_cast<size_t>(w[2]); }

// Weights of one group: (M / groups, C / groups, kh * kw) in memory, channels innermost in k, as in
// x.
QGemmWeights pack_group(const QConvParams& params, size_t group, Isa isa) {
  const Shape& shape = params.w->shape();
  const size_t n = static_cast<size_t>(shape[0]) / params.groups;
  const auto channels = static_cast<size_t>(shape[1]);
  const auto taps = static_cast<size_t>(shape.count(2, shape.rank()));
  const size_t k = channels * taps, first = group * n;
  return pack_weights(
      {n, k, static_cast<const uint8_t*>(params.w->data()) + first * k, k, channels, taps, 1,
       params.w_signed, params.w_zero_point.data() + first,
       params.bias ? params.bias + first : nullptr, params.multiplier.data() + first,
       params.x_signed, params.x_zero_point, pieces_of(shape)},
      isa);
}

// Rows of x for run_qgemm: what one output pixel sees, a line of the kernel a piece. They are read
// where they lie; what touches padding, and what has something between its taps, is copied into the
// slot of the tile's row. Padding is the zero point, so that it adds nothing.
class Gather {
 public:
  Gather(const ConvGeometry& geometry, size_t group, const uint8_t* x, uint8_t zero, uint8_t* slots)
      : h_(geometry.h()),
        w_(geometry.w()),
        pixel_(static_cast<size_t>(geometry.in_channels)),
        width_(static_cast<size_t>(geometry.in_per_group())),
        line_(static_cast<size_t>(w_.kernel) * width_),
        line_step_(static_cast<size_t>(h_.dilation * w_.in) * pixel_),
        reach_((h_.kernel - 1) * h_.dilation),
        seen_(static_cast<size_t>(h_.kernel - 1) * line_step_ + line_ + kQGemmBeyond),
        x_(x + group * width_),
        end_(x + static_cast<size_t>(geometry.batch * h_.in * w_.in) * pixel_),
        zero_(zero),
        slots_(slots),
        slot_bytes_(static_cast<size_t>(slot_bytes(geometry))),
        whole_lines_((width_ == pixel_ && w_.dilation == 1) || w_.kernel == 1) {}

  static uint64_t slot_bytes(const ConvGeometry& geometry) {
    return static_cast<uint64_t>(geometry.h().kernel * geometry.w().kernel *
                                 geometry.in_per_group()) +
           kQGemmBeyond;
  }

  void operator()(size_t, QGemmRows& tile) {
    tile.beyond = true;
    for (size_t i = 0; i < tile.count; ++i, advance()) {
      const int64_t top = oy_ * h_.stride - h_.pad_begin, left = ox_ * w_.stride - w_.pad_begin;
      const bool inside =
          top >= 0 && top + reach_ < h_.in && left >= 0 && left + w_.kernel <= w_.in;
      if (whole_lines_ && inside) {
        tile.x[i] = at(top, left);
        tile.step[i] = line_step_;
        tile.beyond &= static_cast<size_t>(end_ - tile.x[i]) >= seen_;
      } else {
        uint8_t* slot = slots_ + i * slot_bytes_;
        for (int64_t k = 0; k < h_.kernel; ++k) {
          copy_line(top + k * h_.dilation, left, slot + static_cast<size_t>(k) * line_);
        }
        tile.x[i] = slot;
        tile.step[i] = line_;
      }
    }
  }

 private:
  void advance() {
    if (++ox_ < w_.out) return;
    ox_ = 0;
    if (++oy_ < h_.out) return;
    oy_ = 0;
    ++image_;
  }

  void copy_line(int64_t y, int64_t left, uint8_t* to) const {
    for (int64_t j = 0; j < w_.kernel; ++j, to += width_) {
      const int64_t x = left + j * w_.dilation;
      if (y < 0 || y >= h_.in || x < 0 || x >= w_.in) {
        std::memset(to, zero_, width_);
      } else {
        std::memcpy(to, at(y, x), width_);
      }
    }
  }

  const uint8_t* at(int64_t y, int64_t x) const {
    return x_ + static_cast<size_t>((image_ * h_.in + y) * w_.in + x) * pixel_;
  }

  WindowAxis h_, w_;
  size_t pixel_, width_;     // bytes of a pixel, and of the group's channels in it
  size_t line_, line_step_;  // bytes of a line of the kernel, and from one to the next in x
  int64_t reach_;            // lines of x from the first of the kernel to its last
  size_t seen_;              // bytes from the first that a pixel sees to the last that may be read
  const uint8_t* x_;
  const uint8_t* end_;  // of x
  uint8_t zero_;
  uint8_t* slots_;
  size_t slot_bytes_;
  bool whole_lines_;
  int64_t image_ = 0, oy_ = 0, ox_ = 0;  // of the next row
};

class QConvGemm final : public QConvMethod {
 public:
  QConvGemm(const QConvParams& params, std::vector<QGemmWeights> groups)
      : out_(params.out),
        x_signed_(params.x_signed),
        zero_(static_cast<uint8_t>(params.x_zero_point)),
        groups_(std::move(groups)) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return block_bytes() + kQGemmMostRows * Gather::slot_bytes(geometry);
  }

  void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
           std::byte* scratch) const override {
    auto* packed = reinterpret_cast<uint8_t*>(scratch);
    uint8_t* slots = packed + block_bytes();
    const auto rows = static_cast<size_t>(geometry.batch * geometry.h().out * geometry.w().out);
    const auto stride = static_cast<size_t>(geometry.out_channels);
    const bool pointwise = geometry.h().pointwise() && geometry.w().pointwise();
    const auto pixel = static_cast<size_t>(geometry.in_channels);
    for (size_t g = 0; g < groups_.size(); ++g) {
      const QGemmWeights& weights = groups_[g];
      uint8_t* const y_group = y + g * weights.n;
      const auto run_rows = [&](auto rows_of) {
        run_qgemm(weights, rows, x_signed_, packed, rows_of,
                  [&](size_t m, size_t n, const QGemmPanel& panel) {
                    weights.kernel->to_bytes(panel, out_, y_group + m * stride + n, stride);
                  });
      };
      if (pointwise) {
        run_rows(DenseRows(x + g * weights.k, rows, weights.k, pixel));
      } else {
        run_rows(Gather(geometry, g, x, zero_, slots));
      }
    }
  }

 private:
  // Weights of one group may take more groups of numbers than those of another.
  size_t block_bytes() const {
    size_t most = 0;
    for (const QGemmWeights& group : groups_) {
      most = std::max(most, qgemm_block_bytes(group));
    }
    return most;
  }

  Requant out_;
  bool x_signed_;
  uint8_t zero_;
  std::vector<QGemmWeights> groups_;
};

}  // namespace

Result<QConvMethodPtr> make_qconv_gemm(const QConvParams& params, Isa isa) {
  std::vector<QGemmWeights> groups;
  for (size_t g = 0; g < params.groups; ++g) {
    groups.push_back(pack_group(params, g, isa));
    if (!groups.back().packed) return no_memory_for_weights();
  }
  return QConvMethodPtr(std::make_shared<QConvGemm>(params, std::move(groups)));
}

}  // namespace octavo
