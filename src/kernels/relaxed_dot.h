// What four products of 8-bit numbers, added to an int32, come to on this machine.
//
// The instruction takes signed weights and a second operand of which the standard promises only
// that 0..127 works. Real machines take it as unsigned (x86 with AVX-VNNI: exact), as signed (ARM),
// or as unsigned with pairs that saturate at 16 bits (x86 without it, some engines: of no use).
#pragma once

#include <cstdint>

namespace octavo {

enum class RelaxedDot { kUnsigned, kSigned, kInexact };

// Probed once. kInexact also where this build holds no such kernels.
RelaxedDot relaxed_dot();

// Bytes are brought to the form that the machine takes by flipping their highest bit or not;
// a flipped byte stands for its number plus relaxed_offset.
uint8_t relaxed_flip(bool is_signed);
int32_t relaxed_offset(bool is_signed);

}  // namespace octavo
