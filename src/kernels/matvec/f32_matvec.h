// Matrix times vector, added to what is there:
//
//   y[i] += m[i][0] * x[0] + m[i][1] * x[1] + ... + m[i][columns-1] * x[columns-1]
//
// The sum has the order of dot_f32 (reduce.h): eight partial sums, combined pairwise. Every product
// and every sum is rounded by itself, so all instruction sets give the same bits. Nothing is read
// or written outside the operands.
#pragma once

#include <cstdint>
#include <span>

#include "kernels/isa.h"

namespace octavo {

struct F32MatvecKernel {
  const char* name;
  Isa isa;
  void (*run)(const float* m, const float* x, int64_t rows, int64_t columns, float* y);
};

std::span<const F32MatvecKernel* const> f32_matvec_kernels();
const F32MatvecKernel& f32_matvec_kernel(Isa isa);

}  // namespace octavo
