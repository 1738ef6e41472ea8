// The ways to convolve 8-bit numbers: as a matrix product, two neighbours at a time, and depthwise.
// All work on (N, H, W, C) bytes; qlinear_conv.cc chooses and brings other layouts into this one.
#pragma once

#include <memory>

#include "graph/conv_geometry.h"
#include "runtime/ops/quant_support.h"

namespace octavo {

// What both need of a node: parameters are those of x, w (by output channel) and y.
struct QConvParams {
  const Tensor* w = nullptr;      // (M, C / groups, kh, kw), or (M, C / groups, kw)
  const int32_t* bias = nullptr;  // [M], or null
  size_t groups = 1;
  bool x_signed = false, w_signed = false;
  int32_t x_zero_point = 0;
  std::vector<int32_t> w_zero_point;  // [M]
  std::vector<float> multiplier;      // [M]: s_x * s_w / s_y
  Requant out;
};

// One channel in and one out a group.
inline bool is_depthwise(const QConvParams& params) {
  return params.groups > 1 && params.groups == params.multiplier.size() &&
         params.w->shape()[1] == 1;
}

class QConvMethod {
 public:
  virtual ~QConvMethod() = default;
  virtual uint64_t scratch_bytes(const ConvGeometry& geometry) const = 0;
  virtual void run(const ConvGeometry& geometry, const uint8_t* x, uint8_t* y,
                   std::byte* scratch) const = 0;
};

using QConvMethodPtr = std::shared_ptr<const QConvMethod>;
Result<QConvMethodPtr> make_qconv_gemm(const QConvParams& params, Isa isa);
// Where kernels are 3 wide and steps are 1, for kernels of int16.
bool takes_winograd(const QConvParams& params, const Attributes& attrs);
Result<QConvMethodPtr> make_qconv_winograd(const QConvParams& params, Isa isa);
Result<QConvMethodPtr> make_qconv_depthwise(const QConvParams& params, Isa isa);

}  // namespace octavo
