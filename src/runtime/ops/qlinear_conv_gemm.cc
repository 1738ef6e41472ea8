// Convolution as a matrix product: a row is what one output pixel sees, read a few rows at a time,
// never the whole tensor.
#include <cstring>

#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {
namespace {

// Weights of one group: (M / groups, C / groups, kh * kw) in memory, channels innermost in k, as in
// x.
QGemmWeights pack_group(const QConvParams& params, size_t group, Isa isa) {
  const Shape& shape = params.w->shape();
  const size_t n = static_cast<size_t>(shape[0]) / params.groups;
  const auto channels = static_cast<size_t>(shape[1]);
  const auto taps = static_cast<size_t>(shape.count(2, shape.rank()));
  const size_t k = channels * taps, first = group * n;
  return pack_weights({n, k, static_cast<const uint8_t*>(params.w->data()) + first * k, k, channels,
                       taps, 1, params.w_signed, params.w_zero_point.data() + first,
                       params.bias ? params.bias + first : nullptr,
                       params.multiplier.data() + first, params.x_signed, params.x_zero_point},
                      isa);
}

// Rows of x for run_qgemm: what one output pixel sees. A pointwise convolution reads them where
// they lie. Others read a line of the kernel where it lies, if it holds whole groups and no
// padding; what touches padding, and lines of no whole groups, are copied into the tile's slots.
// Padding is the zero point, so that it adds nothing.
class Gather {
 public:
  Gather(const ConvGeometry& geometry, size_t group, const uint8_t* x, uint8_t zero, size_t depth,
         uint8_t* slots)
      : h_(geometry.h()),
        w_(geometry.w()),
        pixel_(static_cast<size_t>(geometry.in_channels)),
        width_(static_cast<size_t>(geometry.in_per_group())),
        line_(static_cast<size_t>(w_.kernel) * width_),
        line_step_(static_cast<size_t>(h_.dilation * w_.in) * pixel_),
        reach_((h_.kernel - 1) * h_.dilation),
        x_(x + group * width_),
        end_(x + static_cast<size_t>(geometry.batch * h_.in * w_.in) * pixel_),
        zero_(zero),
        slots_(slots),
        slot_bytes_(static_cast<size_t>(slot_bytes(geometry))),
        direct_(h_.pointwise() && w_.pointwise()),
        whole_lines_(width_ == pixel_ && w_.dilation == 1),
        by_line_(whole_lines_ && line_ % depth == 0) {}

  // A row, and what a vector stored at its last byte writes beyond.
  static uint64_t slot_bytes(const ConvGeometry& geometry) {
    return static_cast<uint64_t>(geometry.h().kernel * geometry.w().kernel *
                                 geometry.in_per_group()) +
           kVector;
  }

  size_t segments() const { return direct_ || !by_line_ ? 1 : static_cast<size_t>(h_.kernel); }

  void start(size_t first, size_t count) {
    if (direct_) {
      first_ = first;
      return;
    }
    for (size_t i = 0; i < count; ++i) {
      Corner& corner = corners_[i];
      corner = {image_, oy_ * h_.stride - h_.pad_begin, ox_ * w_.stride - w_.pad_begin, nullptr};
      const bool inside = corner.top >= 0 && corner.top + reach_ < h_.in && corner.left >= 0 &&
                          corner.left + w_.kernel <= w_.in;
      if (whole_lines_ && inside) corner.lines = at(image_, corner.top, corner.left);
      advance();
    }
  }

  // Where rows are copied, k is filled up to whole groups by what lies in the slot behind them: the
  // weights there are zero.
  size_t filled(size_t k, size_t depth) const {
    return direct_ || by_line_ ? k : (k + depth - 1) / depth * depth;
  }

  const uint8_t* segment(size_t i, size_t piece) {
    if (direct_) return x_ + (first_ + i) * pixel_;
    const Corner& corner = corners_[i];
    if (by_line_ && corner.lines) return corner.lines + piece * line_step_;
    uint8_t* slot = slots_ + i * slot_bytes_;
    if (by_line_) {
      copy_line(corner, static_cast<int64_t>(piece), slot);
      return slot;
    }
    uint8_t* to = slot;
    for (int64_t k = 0; k < h_.kernel; ++k, to += line_) copy_line(corner, k, to);
    return slot;
  }

 private:
  static constexpr size_t kVector = 16;

  struct Corner {  // where the kernel lies on an image
    int64_t image, top, left;
    const uint8_t* lines;  // its first line where it lies, if no tap is padding or between others
  };

  void advance() {
    if (++ox_ < w_.out) return;
    ox_ = 0;
    if (++oy_ < h_.out) return;
    oy_ = 0;
    ++image_;
  }

  void copy_line(const Corner& corner, int64_t k, uint8_t* to) const {
    if (corner.lines) {
      const uint8_t* line = corner.lines + static_cast<size_t>(k) * line_step_;
      // Whole vectors of a short line, if x holds them: what is too much is overwritten.
      const size_t rounded = (line_ + kVector - 1) / kVector * kVector;
      if (line_ > 4 * kVector || line + rounded > end_) {
        std::memcpy(to, line, line_);
      } else {
        for (size_t i = 0; i < rounded; i += kVector) std::memcpy(to + i, line + i, kVector);
      }
      return;
    }
    const int64_t y = corner.top + k * h_.dilation;
    for (int64_t j = 0; j < w_.kernel; ++j, to += width_) {
      const int64_t x = corner.left + j * w_.dilation;
      if (y < 0 || y >= h_.in || x < 0 || x >= w_.in) {
        std::memset(to, zero_, width_);
      } else {
        std::memcpy(to, at(corner.image, y, x), width_);
      }
    }
  }

  const uint8_t* at(int64_t image, int64_t y, int64_t x) const {
    return x_ + static_cast<size_t>((image * h_.in + y) * w_.in + x) * pixel_;
  }

  WindowAxis h_, w_;
  size_t pixel_, width_;  // bytes of a pixel, and of the group's channels in it
  size_t line_;           // bytes of a line of the kernel, and from one to the next
  size_t line_step_;
  int64_t reach_;  // lines of x from the first of the kernel to its last
  const uint8_t* x_;
  const uint8_t* end_;  // of x
  uint8_t zero_;
  uint8_t* slots_;
  size_t slot_bytes_;
  bool direct_, whole_lines_, by_line_;
  size_t first_ = 0;
  int64_t image_ = 0, oy_ = 0, ox_ = 0;  // of the next row
  Corner corners_[kQGemmMostRows] = {};
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
    for (size_t g = 0; g < groups_.size(); ++g) {
      const Gather gather(geometry, g, x, zero_, groups_[g].kernel->depth, slots);
      uint8_t* const y_group = y + g * groups_[g].n;
      const QGemmKernel& kernel = *groups_[g].kernel;
      run_qgemm(groups_[g], rows, x_signed_, packed, gather,
                [&](size_t m, size_t n, const QGemmPanel& panel) {
                  kernel.to_bytes(panel, out_, y_group + m * stride + n, stride);
                });
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
