#include "kernels/qgemm/qgemm_tile.h"
#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"

namespace octavo {
namespace {

void pack_rows(size_t rows, size_t k, const uint8_t* const* x, bool is_signed, uint8_t* packed) {
  const uint8_t flip = relaxed_flip(is_signed);
  const v128_t flips = wasm_i8x16_splat(static_cast<int8_t>(flip));
  const uint8_t* source[kQGemmRows];
  for (size_t m = 0; m < kQGemmRows; ++m) source[m] = x[m < rows ? m : rows - 1];
  size_t j = 0;
  for (; j + 16 <= k; j += 16, packed += 4 * kQGemmTileBytes) {
    const v128_t row[4] = {wasm_v128_xor(wasm_v128_load(source[0] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[1] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[2] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[3] + j), flips)};
    store_transposed(row, packed);
  }
  for (; j < k; j += 4, packed += kQGemmTileBytes) {
    for (size_t m = 0; m < kQGemmRows; ++m) {
      for (size_t i = 0; i < 4; ++i) {  // the weights behind k are zero
        packed[m * kGroupBytes + i] =
            j + i < k ? static_cast<uint8_t>(source[m][j + i] ^ flip) : 0;
      }
    }
  }
}

// The microkernel: 4 rows x 8 columns, four k at a time.
struct Multiply {
  static Tile tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0, v128_t bias1) {
    v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
    v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
    for (; groups > 0; --groups, x += kQGemmTileBytes, w += kQGemmPanelBytes) {
      const v128_t w0 = wasm_v128_load(w);
      const v128_t w1 = wasm_v128_load(w + 16);
      const v128_t a = wasm_v128_load32_splat(x);
      a0 = add_dot(a0, w0, a);
      a1 = add_dot(a1, w1, a);
      const v128_t b = wasm_v128_load32_splat(x + 4);
      b0 = add_dot(b0, w0, b);
      b1 = add_dot(b1, w1, b);
      const v128_t c = wasm_v128_load32_splat(x + 8);
      c0 = add_dot(c0, w0, c);
      c1 = add_dot(c1, w1, c);
      const v128_t d = wasm_v128_load32_splat(x + 12);
      d0 = add_dot(d0, w0, d);
      d1 = add_dot(d1, w1, d);
    }
    return {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}}};
  }
};

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c4__relaxed = {
    "qx8_qc8w_gemm_4x8c4__relaxed", Isa::kRelaxed,       4, relaxed_offset, pack_rows,
    to_bytes<Multiply>,             to_floats<Multiply>};

}  // namespace octavo
