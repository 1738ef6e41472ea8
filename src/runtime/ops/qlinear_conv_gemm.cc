// Convolution as a matrix product: a row is what one output pixel sees, gathered a few rows at a
// time, never the whole tensor.
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
  return pack_weights(
      {n, k, static_cast<const uint8_t*>(params.w->data()) + first * k, k, channels, taps, 1,
       params.w_signed, params.w_zero_point.data() + first,
       params.bias ? params.bias + first : nullptr, params.multiplier.data() + first,
       params.x_signed, params.x_zero_point},
      isa);
}

// A few bytes, where calling memcpy would cost more than they do.
inline void copy_few(uint8_t* to, const uint8_t* from, size_t count) {
  if (count > 64) {
    std::memcpy(to, from, count);
    return;
  }
  size_t i = 0;
  for (; i + 8 <= count; i += 8) std::memcpy(to + i, from + i, 8);
  if (i + 4 <= count) {
    std::memcpy(to + i, from + i, 4);
    i += 4;
  }
  for (; i < count; ++i) to[i] = from[i];
}

// Reads rows out of x; what lies in the padding is the zero point, so that it adds nothing.
class Gather {
 public:
  Gather(const ConvGeometry& geometry, size_t group, const uint8_t* x, uint8_t zero, uint8_t* slots)
      : h_(geometry.h()),
        w_(geometry.w()),
        pixel_(static_cast<size_t>(geometry.in_channels)),
        width_(static_cast<size_t>(geometry.in_per_group())),
        x_(x + group * width_),
        zero_(zero),
        slots_(slots),
        direct_(h_.pointwise() && w_.pointwise()),
        whole_lines_(width_ == pixel_ && w_.dilation == 1) {}

  static uint64_t slot_bytes(const ConvGeometry& geometry) {
    return static_cast<uint64_t>(geometry.h().kernel * geometry.w().kernel *
                                 geometry.in_per_group());
  }

  // Rows in order, from the first: dividing an index costs as much as gathering a small row.
  const uint8_t* row(size_t r, size_t slot) {
    if (direct_) return x_ + r * pixel_;
    const int64_t left = ox_ * w_.stride - w_.pad_begin;
    const int64_t top = oy_ * h_.stride - h_.pad_begin;
    const int64_t image = image_;
    advance();
    const size_t line = static_cast<size_t>(w_.kernel) * width_;
    uint8_t* const begin = slots_ + slot * static_cast<size_t>(h_.kernel) * line;
    uint8_t* to = begin;
    for (int64_t k = 0; k < h_.kernel; ++k, to += line) {
      const int64_t y = top + k * h_.dilation;
      if (y < 0 || y >= h_.in) {
        std::memset(to, zero_, line);
      } else {
        copy_line((image * h_.in + y) * w_.in, left, to);
      }
    }
    return begin;
  }

 private:
  void advance() {
    if (++ox_ < w_.out) return;
    ox_ = 0;
    if (++oy_ < h_.out) return;
    oy_ = 0;
    ++image_;
  }

  // The taps of one line of the kernel; `first` is the pixel where the line of x begins.
  void copy_line(int64_t first, int64_t left, uint8_t* to) const {
    if (whole_lines_ && left >= 0 && left + w_.kernel <= w_.in) {
      copy_few(to, at(first + left), static_cast<size_t>(w_.kernel) * width_);
      return;
    }
    for (int64_t k = 0; k < w_.kernel; ++k, to += width_) {
      const int64_t x = left + k * w_.dilation;
      if (x < 0 || x >= w_.in) {
        std::memset(to, zero_, width_);
      } else {
        copy_few(to, at(first + x), width_);
      }
    }
  }
  const uint8_t* at(int64_t pixel) const { return x_ + static_cast<size_t>(pixel) * pixel_; }

  WindowAxis h_, w_;
  size_t pixel_, width_;  // bytes of a pixel, and of the group's channels in it
  const uint8_t* x_;
  uint8_t zero_;
  uint8_t* slots_;
  bool direct_, whole_lines_;
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
    for (size_t g = 0; g < groups_.size(); ++g) {
      Gather gather(geometry, g, x, zero_, slots);
      uint8_t* const y_group = y + g * groups_[g].n;
      const QGemmKernel& kernel = *groups_[g].kernel;
      run_qgemm(
          groups_[g], rows, x_signed_, packed,
          [&](size_t r, size_t slot) { return gather.row(r, slot); },
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
