#include "kernels/qdwconv/qdwconv_line.h"
#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"

namespace octavo {
namespace {

struct Multiply {
  static constexpr size_t kDepth = 4;
  v128_t flips;
  explicit Multiply(bool is_signed)
      : flips(wasm_i8x16_splat(static_cast<int8_t>(relaxed_flip(is_signed)))) {}

  Channels interleave(const v128_t rows[kDepth]) const {
    const v128_t ab = wasm_v128_xor(zip_bytes(rows[0], rows[1]), flips);
    const v128_t cd = wasm_v128_xor(zip_bytes(rows[2], rows[3]), flips);
    return {wasm_i16x8_shuffle(ab, cd, 0, 8, 1, 9, 2, 10, 3, 11),
            wasm_i16x8_shuffle(ab, cd, 4, 12, 5, 13, 6, 14, 7, 15)};
  }
  static Channels add(const Channels& acc, const Channels& w, const Channels& x) {
    return {add_dot(acc.low, w.low, x.low), add_dot(acc.high, w.high, x.high)};
  }
};

}  // namespace

extern const QDwConvKernel qx8_qc8w_dwconv_8c4__relaxed = {"qx8_qc8w_dwconv_8c4__relaxed",
                                                           Isa::kRelaxed,
                                                           Multiply::kDepth,
                                                           relaxed_offset,
                                                           to_bytes<Multiply>,
                                                           to_floats<Multiply>};

}  // namespace octavo
