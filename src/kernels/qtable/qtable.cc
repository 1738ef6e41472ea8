#include "kernels/qtable/qtable.h"

namespace octavo {

void look_up(size_t n, const uint8_t* x, const ByteTable& table, uint8_t* y) {
  for (size_t i = 0; i < n; ++i) y[i] = table[x[i]];
}

ByteTable requantize_table(float scale, int32_t zero_point, bool is_signed, float out_scale,
                           const Requant& out) {
  ByteTable table;
  for (size_t byte = 0; byte < table.size(); ++byte) {
    const int32_t q = widen(static_cast<uint8_t>(byte), is_signed);
    table[byte] = quantize_byte(dequantize_value(q, scale, zero_point), out_scale, out);
  }
  return table;
}

}  // namespace octavo
