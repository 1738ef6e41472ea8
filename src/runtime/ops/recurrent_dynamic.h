// The products of a DynamicQuantizeLSTM: weights of 8 bits, and inputs and states that are
// quantized while running (DynamicQuantizeLinear). All steps of x share one scale; a state has its
// own in every step of every sequence.
#pragma once

#include <memory>
#include <vector>

#include "kernels/qconvert/qconvert.h"
#include "runtime/ops/dynamic_gemm.h"

namespace octavo {

// W or R of one direction, (inputs, rows) with rows = gates * hidden.
struct DynamicProduct {
  std::shared_ptr<const DynamicGemmWeights> weights;
  std::vector<float> scale;  // [1] or [rows]
  const QConvertKernel* convert = nullptr;

  size_t inputs() const { return weights->packed.k; }
  size_t rows() const { return weights->packed.n; }
  uint64_t scratch_bytes(uint64_t steps) const;
  // y[step] = x[step] * W + addend; x (steps, inputs), y (steps, rows), addend [rows] or null.
  void run(size_t steps, const float* x, const float* addend, float* y, std::byte* scratch) const;
};

// Of direction `d`: inputs `weights`, `scale` and `scale` + 1, its zero point. kModelUnsupported
// where they are not constant.
Result<DynamicProduct> prepare_dynamic_product(const PrepareContext& context, size_t weights,
                                               size_t scale, size_t d);

}  // namespace octavo
