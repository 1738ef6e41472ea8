// The arithmetic of sliding windows: convolutions, transposed convolutions and pools, resolved from
// a node's attributes and the shapes of its inputs. Shape functions and kernels share it, so that
// both always agree on the size of an output.
#pragma once

#include <vector>

#include "base/status.h"
#include "graph/graph.h"
#include "graph/window_axis.h"

namespace octavo {

struct ConvGeometry {
  int64_t batch = 1;        // kDynamic where unknown
  int64_t in_channels = 1;  // of pools: kDynamic where unknown
  int64_t out_channels = 1;
  int64_t groups = 1;
  std::vector<WindowAxis> axes;  // spatial, 1 to 3; kernels run 1 and 2

  // A tensor (N, C, W) is one of height 1.
  int spatial_rank() const { return static_cast<int>(axes.size()); }
  WindowAxis h() const { return axes.size() < 2 ? WindowAxis{} : axes[axes.size() - 2]; }
  WindowAxis w() const { return axes.back(); }

  int64_t in_per_group() const { return in_channels / groups; }
  int64_t out_per_group() const { return out_channels / groups; }
  bool depthwise() const { return groups > 1 && groups == in_channels; }
  bool pointwise() const;

  Shape output_shape(bool channels_last = false) const;  // (N, C, H, W) or (N, H, W, C)
};

// Whatever a file can get wrong is refused with a sentence: channels that do not fit, groups that
// do not divide, a stride of 0, negative pads, a kernel larger than its padded input. `x` is (N, C,
// spatial...), or (N, spatial..., C) where channels_last; it may hold kDynamic.

// Conv, QLinearConv: w is (M, C / groups, kernel...) and static.
Result<ConvGeometry> conv_geometry(const Attributes& attrs, const Shape& x, const Shape& w,
                                   bool channels_last = false);
// ConvTranspose: w is (C, M / groups, kernel...) and static.
Result<ConvGeometry> conv_transpose_geometry(const Attributes& attrs, const Shape& x,
                                             const Shape& w, bool channels_last = false);
// MaxPool, AveragePool and their lowered twins. With ceil_mode the last window may reach beyond
// in + pad_end, but it starts inside in + pad_begin.
Result<ConvGeometry> pool_geometry(const Attributes& attrs, const Shape& x,
                                   bool channels_last = false);

}  // namespace octavo
