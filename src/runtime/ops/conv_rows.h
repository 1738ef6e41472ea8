// Convolution of bytes as a matrix product: a row is what one output pixel sees, read a few rows at
// a time, never the whole tensor.
#pragma once

#include <cstring>

#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/qlinear_conv.h"

namespace octavo {

using ConvGroups = std::vector<QGemmWeights>;  // of each group of channels
// kOutOfMemory where there is none for the packed weights.
Result<ConvGroups> pack_conv_groups(const QConvParams& params, Isa isa);

// Rows of x for run_qgemm: what one output pixel sees, a line of the kernel a piece. They are read
// where they lie; what touches padding, and what has something between its taps, is copied into the
// slot of the tile's row. Padding is the zero point, so that it adds nothing.
class ConvRows {
 public:
  ConvRows(const ConvGeometry& geometry, size_t group, const uint8_t* x, uint8_t zero,
           uint8_t* slots)
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

uint64_t conv_rows_scratch(const ConvGroups& groups, const ConvGeometry& geometry);

// store(first_row, first_column, panel) for all of one group, as in run_qgemm. `zero` is the byte
// of padding.
template <typename Store>
void run_conv_rows(const QGemmWeights& weights, size_t group, const ConvGeometry& geometry,
                   const uint8_t* x, bool x_signed, uint8_t zero, std::byte* scratch, Store store) {
  auto* const packed = reinterpret_cast<uint8_t*>(scratch);
  uint8_t* const slots = packed + qgemm_block_bytes(weights);
  const auto rows = static_cast<size_t>(geometry.batch * geometry.h().out * geometry.w().out);
  if (geometry.h().pointwise() && geometry.w().pointwise()) {
    const auto pixel = static_cast<size_t>(geometry.in_channels);
    run_qgemm(weights, rows, x_signed, packed,
              DenseRows(x + group * weights.k, rows, weights.k, pixel), store);
  } else {
    run_qgemm(weights, rows, x_signed, packed, ConvRows(geometry, group, x, zero, slots), store);
  }
}

}  // namespace octavo
