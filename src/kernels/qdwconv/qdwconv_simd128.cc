#include "kernels/qdwconv/qdwconv_line.h"

namespace octavo {
namespace {

// Pairs of rows as int16, as i32x4.dot_i16x8 sums them.
struct Multiply {
  static constexpr size_t kDepth = 2;
  bool is_signed;
  explicit Multiply(bool is_signed) : is_signed(is_signed) {}

  Channels interleave(const v128_t rows[kDepth]) const {
    const v128_t both = zip_bytes(rows[0], rows[1]);
    if (is_signed) return {wasm_i16x8_extend_low_i8x16(both), wasm_i16x8_extend_high_i8x16(both)};
    return {wasm_u16x8_extend_low_u8x16(both), wasm_u16x8_extend_high_u8x16(both)};
  }
  static Channels add(const Channels& acc, const Channels& w, const Channels& x) {
    return {wasm_i32x4_add(acc.low, wasm_i32x4_dot_i16x8(x.low, w.low)),
            wasm_i32x4_add(acc.high, wasm_i32x4_dot_i16x8(x.high, w.high))};
  }
};

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_8c2__simd128 = {"qx8_qc8w_dwconv_8c2__simd128",
                                                           Isa::kSimd128,
                                                           Multiply::kDepth,
                                                           no_offset,
                                                           to_bytes<Multiply>,
                                                           to_floats<Multiply>};

}  // namespace octavo
