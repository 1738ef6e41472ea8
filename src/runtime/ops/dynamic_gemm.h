// Products of 8-bit weights, and activations that got their scale and zero point in this very run:
//
//   y[m][n] = float(sum over k of (x[m][k] - x_zero_point) * (w[k][n] - w_zero_point[n])) *
//   scale[n]
//             + addend[n]
//
// the sum modulo 2^32, every other step rounded by itself: what MatMulInteger, Cast, Mul and Add
// give.
#pragma once

#include <memory>
#include <vector>

#include "kernels/qgemm/qgemm.h"
#include "runtime/ops/dynamic_scales.h"

namespace octavo {

struct DynamicGemmWeights {
  QGemmWeights packed;         // for zero points of 0
  std::vector<uint32_t> sums;  // of each column, modulo 2^32
  bool x_signed;
};

struct DynamicGemmWeightsSource {
  size_t n, k;
  const uint8_t* w;                 // (k, n)
  bool is_signed;                   // of w and its zero points
  std::vector<int32_t> zero_point;  // [n]
  bool x_signed;
};
// kOutOfMemory where there is none for the packed weights.
Result<std::shared_ptr<const DynamicGemmWeights>> pack_dynamic_gemm(
    const DynamicGemmWeightsSource& source, Isa isa);

struct DynamicGemm {
  size_t rows;
  const uint8_t* x;  // (rows, k)
  DynamicScales scales;
  float* y;  // (rows, n)
};
size_t dynamic_gemm_scratch(const DynamicGemmWeights& weights);  // bytes
void run_dynamic_gemm(const DynamicGemmWeights& weights, const DynamicGemm& gemm,
                      std::byte* scratch);

}  // namespace octavo
