// What a product multiplies by its weights, a row for each position of its output: of a Conv the
// window (channel, height, width) over its input, of Gemm and MatMul a row of the matrix.
#pragma once

#include <optional>
#include <vector>

#include "graph/conv_geometry.h"

namespace octavo {

class InputRows {
 public:
  // x: the input's shape as the plan has it. None for what has no such rows: 3-D convolutions.
  static std::optional<InputRows> make(const Node& node, const Shape& x, bool channels_last,
                                       const Shape& weights);

  size_t count() const { return count_; }  // of one run
  size_t width() const { return width_; }  // elements of a row

  // x: all elements of the input, of a Conv in the order (N, C, H, W); to: [width()].
  void gather(const std::vector<float>& x, size_t row, float* to) const;

 private:
  std::optional<ConvGeometry> conv_;
  size_t count_ = 0, width_ = 0;
};

}  // namespace octavo
