#include "kernels/qgemm/qgemm_tile.h"
#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"

namespace octavo {
namespace {

// Twelve accumulators keep the instruction busy over its latency; with two vectors of weights and
// one of x they are all that 16 registers hold.
constexpr size_t kRows = 6, kTileBytes = kRows * kGroupBytes;

void pack_rows(size_t rows, size_t k, const uint8_t* const* x, bool is_signed, uint8_t* packed) {
  const uint8_t flip = relaxed_flip(is_signed);
  const v128_t flips = wasm_i8x16_splat(static_cast<int8_t>(flip));
  const uint8_t* source[kRows];
  for (size_t m = 0; m < kRows; ++m) source[m] = x[m < rows ? m : rows - 1];
  size_t j = 0;
  for (; j + 16 <= k; j += 16, packed += 4 * kTileBytes) {
    const v128_t row[4] = {wasm_v128_xor(wasm_v128_load(source[0] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[1] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[2] + j), flips),
                           wasm_v128_xor(wasm_v128_load(source[3] + j), flips)};
    store_transposed(row, packed, kTileBytes);
    const v128_t e = wasm_v128_xor(wasm_v128_load(source[4] + j), flips);
    const v128_t f = wasm_v128_xor(wasm_v128_load(source[5] + j), flips);
    const v128_t low = wasm_i32x4_shuffle(e, f, 0, 4, 1, 5);
    const v128_t high = wasm_i32x4_shuffle(e, f, 2, 6, 3, 7);
    wasm_v128_store64_lane(packed + 16, low, 0);
    wasm_v128_store64_lane(packed + 16 + kTileBytes, low, 1);
    wasm_v128_store64_lane(packed + 16 + 2 * kTileBytes, high, 0);
    wasm_v128_store64_lane(packed + 16 + 3 * kTileBytes, high, 1);
  }
  const uint32_t flip_word = flip * 0x01010101u;
  for (; j + 4 <= k; j += 4, packed += kTileBytes) {
    for (size_t m = 0; m < kRows; ++m) {
      uint32_t word;
      std::memcpy(&word, source[m] + j, 4);
      word ^= flip_word;
      std::memcpy(packed + m * kGroupBytes, &word, 4);
    }
  }
  for (; j < k; j += 4, packed += kTileBytes) {
    for (size_t m = 0; m < kRows; ++m) {
      for (size_t i = 0; i < 4; ++i) {  // the weights behind k are zero
        packed[m * kGroupBytes + i] = j + i < k ? static_cast<uint8_t>(source[m][j + i] ^ flip) : 0;
      }
    }
  }
}

// The microkernel: 6 rows x 8 columns, four k at a time.
struct Multiply {
  static constexpr size_t kTileRows = kRows;

  static Tile<kRows> tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                          v128_t bias1) {
    v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
    v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
    v128_t e0 = bias0, e1 = bias1, f0 = bias0, f1 = bias1;
    for (; groups > 0; --groups, x += kTileBytes, w += kQGemmPanelBytes) {
      const v128_t w0 = wasm_v128_load(w);
      const v128_t w1 = wasm_v128_load(w + 16);
      const v128_t a = splat_word(x);
      a0 = add_dot(a0, w0, a);
      a1 = add_dot(a1, w1, a);
      const v128_t b = splat_word(x + 4);
      b0 = add_dot(b0, w0, b);
      b1 = add_dot(b1, w1, b);
      const v128_t c = splat_word(x + 8);
      c0 = add_dot(c0, w0, c);
      c1 = add_dot(c1, w1, c);
      const v128_t d = splat_word(x + 12);
      d0 = add_dot(d0, w0, d);
      d1 = add_dot(d1, w1, d);
      const v128_t e = splat_word(x + 16);
      e0 = add_dot(e0, w0, e);
      e1 = add_dot(e1, w1, e);
      const v128_t f = splat_word(x + 20);
      f0 = add_dot(f0, w0, f);
      f1 = add_dot(f1, w1, f);
    }
    return {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}, {e0, e1}, {f0, f1}}};
  }
};

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_6x8c4__relaxed = {"qx8_qc8w_gemm_6x8c4__relaxed",
                                                         Isa::kRelaxed,
                                                         kRows,
                                                         4,
                                                         relaxed_offset,
                                                         pack_rows,
                                                         to_bytes<Multiply>,
                                                         to_floats<Multiply>};

}  // namespace octavo
