// Addition and multiplication of 8-bit numbers with scales of their own: dequantize, compute,
// quantize in float, with exactly the operations that the graph spells out.
//
//   real(a) = scale_a * float(a - zero_point_a), b alike
//   y = quantize(real(a) + real(b)), or of the product       base/rounding.h quantize_value
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"
#include "kernels/requant.h"

namespace octavo {

struct QOperand {
  float scale;
  int32_t zero_point;
  bool is_signed;
};

struct QBinary {
  QOperand a, b;
  float scale;  // of y
  Requant out;
};

// n elements; b holds n, or one that stands for all where b_is_scalar.
using QBinaryFn = void (*)(size_t n, const uint8_t* a, const uint8_t* b, bool b_is_scalar,
                           const QBinary& params, uint8_t* y);

struct QBinaryKernel {
  const char* name;
  Isa isa;
  QBinaryFn add;
  QBinaryFn mul;
};

std::span<const QBinaryKernel* const> qbinary_kernels();
const QBinaryKernel& qbinary_kernel(Isa isa);

}  // namespace octavo
