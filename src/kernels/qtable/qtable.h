// A function of one 8-bit number as a table of its 256 results, and the tables for changes of
// scale. There is one variant: a lookup a byte beats 16 swizzles a vector.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/requant.h"

namespace octavo {

using ByteTable = std::array<uint8_t, 256>;  // by raw byte, signed or not

void look_up(size_t n, const uint8_t* x, const ByteTable& table, uint8_t* y);

// dequantize then quantize: the bytes of y for every byte of x.
ByteTable requantize_table(float scale, int32_t zero_point, bool is_signed, float out_scale,
                           const Requant& out);

}  // namespace octavo
