// One element: the whole of the plain kernel, and the last few elements of the others.
#pragma once

#include "kernels/qbinary/qbinary.h"

namespace octavo {

inline float real_of(uint8_t byte, const QOperand& operand) {
  return dequantize_value(widen(byte, operand.is_signed), operand.scale, operand.zero_point);
}

struct AddElement {
  static uint8_t apply(uint8_t a, uint8_t b, const QBinary& params) {
    return quantize_byte(real_of(a, params.a) + real_of(b, params.b), params.scale, params.out);
  }
};

struct MulElement {
  static uint8_t apply(uint8_t a, uint8_t b, const QBinary& params) {
    return quantize_byte(real_of(a, params.a) * real_of(b, params.b), params.scale, params.out);
  }
};

}  // namespace octavo
