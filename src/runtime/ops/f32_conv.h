// Convolution of (N, H, W, C) floats. Sums run over (kh, kw, ic) in this order and start with the
// bias; padding adds 0 * w. See kernels/gemm/f32_gemm.h for the arithmetic.
#pragma once

#include "graph/conv_geometry.h"
#include "kernels/gemm/f32_gemm.h"
#include "runtime/ops/op_memory.h"

namespace octavo {

class F32Conv {
 public:
  // Packs w (M, C / groups, KH, KW) and bias (M) or null; neither is needed afterwards.
  static Result<F32Conv> pack(const ConvGeometry& geometry, const float* w, const float* bias,
                              F32Clamp clamp, Isa isa);

  // The geometry may differ from that of packing in batch and spatial sizes.
  uint64_t scratch_bytes(const ConvGeometry& geometry) const;
  void run(const ConvGeometry& geometry, const float* x, float* y, std::byte* scratch) const;

 private:
  F32Conv(bool depthwise, F32Clamp clamp, Isa isa)
      : depthwise_(depthwise), clamp_(clamp), isa_(isa) {}
  Status pack_depthwise(const ConvGeometry& geometry, const float* w, const float* bias);
  Status pack_groups(const ConvGeometry& geometry, const float* w, const float* bias);
  void run_depthwise(const ConvGeometry& geometry, const float* x, float* y,
                     std::byte* scratch) const;
  void run_pointwise(const ConvGeometry& geometry, const float* x, float* y) const;
  void run_gathered(const ConvGeometry& geometry, const float* x, float* y, float* patches) const;
  F32Gemm gemm_of_group(const ConvGeometry& geometry, int64_t group) const;

  bool depthwise_;
  F32Clamp clamp_;
  Isa isa_;
  PackedFloats packed_;  // groups x panels; depthwise: bias (C), then (taps, C)
};

}  // namespace octavo
