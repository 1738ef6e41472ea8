// How a Resize interpolates: what its attributes say, and the weights that follow for one axis.
#pragma once

#include "kernels/resize/resize_axis.h"
#include "runtime/ops/support.h"

namespace octavo {

struct ResizeAxis {
  float in, out, scale;
  int64_t inputs, outputs;  // in and out, exactly
};

enum class ResizeMode { kNearest, kLinear, kCubic };

struct ResizeMethod {
  ResizeMode mode;
  float (*coordinate)(float i, const ResizeAxis& axis);  // where an output lies on the input's axis
  float (*round)(float x);                               // nearest only
  float cubic_a;
  bool exclude_outside;
  std::vector<int64_t> axes;  // that scales and sizes name; empty for all
};

Result<ResizeMethod> read_resize_method(const Attributes& attrs);

ResizeTaps make_taps(const ResizeMethod& method, const ResizeAxis& axis);

}  // namespace octavo
