#include "kernels/qgemm/qgemm_tile.h"
#include "kernels/relaxed_dot.h"
#include "kernels/relaxed_dot_simd.h"

namespace octavo {
namespace {

// Twelve accumulators keep the instruction busy over its latency; with two vectors of weights and
// one of x they are all that 16 registers hold.
constexpr size_t kRows = 6, kTileBytes = kRows * kGroupBytes;

struct Pack {
  static constexpr size_t kTileRows = kRows, kDepth = 4, kVector = 16;
  const uint8_t flip;
  const v128_t flips;
  explicit Pack(bool is_signed)
      : flip(relaxed_flip(is_signed)), flips(wasm_i8x16_splat(static_cast<int8_t>(flip))) {}

  // kVector bytes of each row from `at` on -> four groups, or the first of them.
  void vectors(const uint8_t* const* x, size_t at, size_t groups, uint8_t* packed) const {
    const v128_t row[4] = {load(x[0] + at), load(x[1] + at), load(x[2] + at), load(x[3] + at)};
    store_transposed(row, groups, packed, kTileBytes);
    const v128_t e = load(x[4] + at), f = load(x[5] + at);
    const v128_t low = wasm_i32x4_shuffle(e, f, 0, 4, 1, 5);
    const v128_t high = wasm_i32x4_shuffle(e, f, 2, 6, 3, 7);
    packed += 16;
    wasm_v128_store64_lane(packed, low, 0);
    if (groups > 1) wasm_v128_store64_lane(packed + kTileBytes, low, 1);
    if (groups > 2) wasm_v128_store64_lane(packed + 2 * kTileBytes, high, 0);
    if (groups > 3) wasm_v128_store64_lane(packed + 3 * kTileBytes, high, 1);
  }
  void group(const uint8_t* x, size_t count, uint8_t* packed) const {
    for (size_t i = 0; i < 4; ++i) packed[i] = i < count ? static_cast<uint8_t>(x[i] ^ flip) : 0;
  }

 private:
  v128_t load(const uint8_t* x) const { return wasm_v128_xor(wasm_v128_load(x), flips); }
};

// The microkernel: 6 rows x 8 columns, four k at a time.
struct Multiply {
  static constexpr size_t kTileRows = kRows;

  static v128_t splat(const uint8_t* x) { return splat_word(x); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) { return add_dot(acc, w, x); }
  static Tile<kRows> tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                          v128_t bias1) {
    v128_t a0 = bias0, a1 = bias1, b0 = bias0, b1 = bias1;
    v128_t c0 = bias0, c1 = bias1, d0 = bias0, d1 = bias1;
    v128_t e0 = bias0, e1 = bias1, f0 = bias0, f1 = bias1;
    for (; groups > 0; --groups, x += kTileBytes, w += kQGemmPanelBytes) {
      const v128_t w0 = wasm_v128_load(w);
      const v128_t w1 = wasm_v128_load(w + 16);
      const v128_t a = splat(x);
      a0 = add(a0, w0, a);
      a1 = add(a1, w1, a);
      const v128_t b = splat(x + 4);
      b0 = add(b0, w0, b);
      b1 = add(b1, w1, b);
      const v128_t c = splat(x + 8);
      c0 = add(c0, w0, c);
      c1 = add(c1, w1, c);
      const v128_t d = splat(x + 12);
      d0 = add(d0, w0, d);
      d1 = add(d1, w1, d);
      const v128_t e = splat(x + 16);
      e0 = add(e0, w0, e);
      e1 = add(e1, w1, e);
      const v128_t f = splat(x + 20);
      f0 = add(f0, w0, f);
      f1 = add(f1, w1, f);
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
                                                         pack_tile<Pack>,
                                                         to_bytes<Multiply>,
                                                         to_floats<Multiply>};

}  // namespace octavo
