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
#include <span>
#include <vector>

#include "kernels/qgemm/qgemm.h"
#include "runtime/op.h"

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
  int32_t x_zero_point;
  const float* scale;   // [n], or one where scale_step is 0
  size_t scale_step;    // 0 or 1
  const float* addend;  // the same; null for none
  size_t addend_step;
  float* y;  // (rows, n)
};
size_t dynamic_gemm_scratch(const DynamicGemmWeights& weights);  // bytes
void run_dynamic_gemm(const DynamicGemmWeights& weights, const DynamicGemm& gemm,
                      std::byte* scratch);

// One byte for all of `n`, or one for each, as numbers.
std::vector<int32_t> spread_zero_points(std::span<const uint8_t> bytes, bool is_signed, size_t n);
// Zero points of weights: a constant of one or `n` numbers, or none. Empty where there are others.
std::vector<int32_t> weight_zero_points(const Tensor* constant, size_t n);

}  // namespace octavo
