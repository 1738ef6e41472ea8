// One spatial axis of a sliding window, resolved from attributes; conv_geometry.h puts them
// together.
#pragma once

#include <vector>

#include "base/status.h"
#include "graph/graph.h"

namespace octavo {

// One spatial axis. For a convolution or pool, tap k of output o reads input
// o * stride + k * dilation - pad_begin; what falls outside 0..in-1 is padding. For a transposed
// convolution input i adds to output i * stride + k * dilation - pad_begin.
// Promised: in, out, pads >= 0; kernel, stride, dilation >= 1; none above 2^31, and out >= 1 where
// in is known.
struct WindowAxis {
  int64_t in = 1;  // kDynamic where unknown; then so is out, and pads of auto_pad SAME_* are 0
  int64_t kernel = 1;
  int64_t stride = 1;
  int64_t dilation = 1;
  int64_t pad_begin = 0;
  int64_t pad_end = 0;
  int64_t out = 1;

  int64_t reach() const { return dilation * (kernel - 1) + 1; }  // the kernel with its holes
  // Each output is one input, the same one: a 1x1 kernel without stride and padding.
  bool pointwise() const { return kernel == 1 && stride == 1 && pad_begin == 0 && pad_end == 0; }
};

enum class WindowKind { kConv, kConvTranspose, kPool };

// One axis for each of `in` (which may hold kDynamic), from the attributes auto_pad, strides,
// dilations, pads, ceil_mode, output_padding and output_shape.
Result<std::vector<WindowAxis>> resolve_axes(const Attributes& attrs, WindowKind kind,
                                             const std::vector<int64_t>& in,
                                             const std::vector<int64_t>& kernel);
// An attribute with `count` numbers from `lowest` to 2^30, all `fallback` where it is absent.
Result<std::vector<int64_t>> numbers_per_axis(const Attributes& attrs, const char* name,
                                              size_t count, int64_t fallback, int64_t lowest);

}  // namespace octavo
