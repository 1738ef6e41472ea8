#include "kernels/qgemm/qgemm_pairs.h"

namespace octavo {
namespace {

constexpr size_t kRows = 4, kTileBytes = kRows * kGroupBytes;

template <bool kSigned>
struct Pack {
  static constexpr size_t kTileRows = kRows, kDepth = 2, kVector = 8;
  explicit Pack(bool) {}

  // kVector bytes of each row from `at` on -> four groups, or the first of them.
  static void vectors(const uint8_t* const* x, size_t at, size_t groups, uint8_t* packed) {
    const v128_t row[4] = {load_widened<kSigned>(x[0] + at), load_widened<kSigned>(x[1] + at),
                           load_widened<kSigned>(x[2] + at), load_widened<kSigned>(x[3] + at)};
    store_transposed(row, groups, packed, kTileBytes);
  }
  static void group(const uint8_t* x, size_t count, uint8_t* packed) {
    store_in_group(packed, 2, 0, widen(x[0], kSigned));
    store_in_group(packed, 2, 1, count > 1 ? widen(x[1], kSigned) : 0);
  }
};

void pack_rows(const QGemmRows& rows, bool is_signed, uint8_t* packed) {
  (is_signed ? pack_tile<Pack<true>> : pack_tile<Pack<false>>)(rows, is_signed, packed);
}

struct Multiply {
  static constexpr size_t kTileRows = kRows;

  static v128_t splat(const uint8_t* x) { return wasm_v128_load32_splat(x); }
  static v128_t add(v128_t acc, v128_t w, v128_t x) { return add_pair(acc, w, x); }
  static Tile<kRows> tile(size_t groups, const uint8_t* x, const uint8_t* w, v128_t bias0,
                          v128_t bias1) {
    return add_pairs(groups, x, w,
                     {{{bias0, bias1}, {bias0, bias1}, {bias0, bias1}, {bias0, bias1}}});
  }
};

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c2__simd128 = {"qx8_qc8w_gemm_4x8c2__simd128",
                                                         Isa::kSimd128,
                                                         kRows,
                                                         2,
                                                         no_offset,
                                                         pack_rows,
                                                         to_bytes<Multiply>,
                                                         to_floats<Multiply>};

}  // namespace octavo
