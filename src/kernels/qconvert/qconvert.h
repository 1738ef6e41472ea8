// Float to 8 bits and back with one scale and zero point: base/rounding.h on n elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/isa.h"
#include "kernels/requant.h"

namespace octavo {

struct QConvertKernel {
  const char* name;
  Isa isa;
  void (*quantize)(size_t n, const float* x, float scale, const Requant& out, uint8_t* y);
  void (*dequantize)(size_t n, const uint8_t* x, bool is_signed, float scale, int32_t zero_point,
                     float* y);
};

std::span<const QConvertKernel* const> qconvert_kernels();
const QConvertKernel& qconvert_kernel(Isa isa);

}  // namespace octavo
