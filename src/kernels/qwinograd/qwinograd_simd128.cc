#include <algorithm>
#include <cstring>

#include "kernels/qgemm/qgemm_tile.h"
#include "kernels/qwinograd/qwinograd.h"

namespace octavo {
namespace {

constexpr size_t kRows = kWinogradPairs, kTileGroup = kRows * kGroupBytes;
using Sums = Tile<kRows>;

// The product's loop of qgemm_4x8c2__simd128, that goes on from sums that are there already.
void add_product(size_t groups, const uint8_t* x, const uint8_t* w, Sums& sums) {
  v128_t a0 = sums.acc[0][0], a1 = sums.acc[0][1], b0 = sums.acc[1][0], b1 = sums.acc[1][1];
  v128_t c0 = sums.acc[2][0], c1 = sums.acc[2][1], d0 = sums.acc[3][0], d1 = sums.acc[3][1];
  const auto add = [](v128_t acc, v128_t weights, v128_t pair) {
    return wasm_i32x4_add(acc, wasm_i32x4_dot_i16x8(weights, pair));
  };
  for (; groups > 0; --groups, x += kTileGroup, w += kQGemmPanelBytes) {
    const v128_t w0 = wasm_v128_load(w);
    const v128_t w1 = wasm_v128_load(w + 16);
    const v128_t a = wasm_v128_load32_splat(x);
    a0 = add(a0, w0, a);
    a1 = add(a1, w1, a);
    const v128_t b = wasm_v128_load32_splat(x + 4);
    b0 = add(b0, w0, b);
    b1 = add(b1, w1, b);
    const v128_t c = wasm_v128_load32_splat(x + 8);
    c0 = add(c0, w0, c);
    c1 = add(c1, w1, c);
    const v128_t d = wasm_v128_load32_splat(x + 12);
    d0 = add(d0, w0, d);
    d1 = add(d1, w1, d);
  }
  sums = {{{a0, a1}, {b0, b1}, {c0, c1}, {d0, d1}}};
}

Sums zeros() {
  const v128_t zero = wasm_i32x4_splat(0);
  return {{{zero, zero}, {zero, zero}, {zero, zero}, {zero, zero}}};
}

// Twice the sums of one pixel of each pair -> bytes.
template <bool kClamp>
void store_bytes(const QWinogradWeights& weights, size_t panel, const Requant& out,
                 const Sums& sums, const WinogradOutputs& y, size_t which) {
  const RequantSimd<kClamp> requant(out);
  const size_t first = panel * kQGemmCols, columns = std::min(kQGemmCols, weights.n - first);
  const int32_t* bias = weights.bias.data() + first;
  const float* multiplier = weights.multiplier.data() + first;
  const auto finished = [&](v128_t twice, size_t column) {
    const v128_t sum = wasm_i32x4_add(wasm_i32x4_shr(twice, 1), wasm_v128_load(bias + column));
    return requant.from_acc(sum, wasm_v128_load(multiplier + column));
  };
  for (size_t p = 0; p < kRows; ++p) {
    if (!y[p][which]) continue;
    const v128_t bytes = requant.bytes(finished(sums.acc[p][0], 0), finished(sums.acc[p][1], 4));
    uint8_t* to = y[p][which] + first;
    if (columns == kQGemmCols) {
      wasm_v128_store64_lane(to, bytes, 0);
    } else {
      uint8_t some[16];
      wasm_v128_store(some, bytes);
      std::memcpy(to, some, columns);
    }
  }
}

template <bool kSigned>
void pack_line(const QWinogradWeights& weights, size_t line, const WinogradPixels& pixels,
               uint8_t* tile) {
  const size_t product_bytes = weights.groups() * kTileGroup;
  tile += line * weights.line_groups() * kTileGroup;
  for (size_t c = 0; c < weights.channels; c += kWinogradChannels, tile += 4 * kTileGroup) {
    v128_t t[kWinogradProducts][kRows];
    for (size_t p = 0; p < kRows; ++p) {
      const v128_t d0 = load_widened<kSigned>(pixels[p][0] + c);
      const v128_t d1 = load_widened<kSigned>(pixels[p][1] + c);
      const v128_t d2 = load_widened<kSigned>(pixels[p][2] + c);
      const v128_t d3 = load_widened<kSigned>(pixels[p][3] + c);
      t[0][p] = wasm_i16x8_sub(d0, d2);
      t[1][p] = wasm_i16x8_add(d1, d2);
      t[2][p] = wasm_i16x8_sub(d2, d1);
      t[3][p] = wasm_i16x8_sub(d1, d3);
    }
    for (size_t k = 0; k < kWinogradProducts; ++k) {
      store_transposed(t[k], 4, tile + k * product_bytes, kTileGroup);
    }
  }
}

}  // namespace

void pack_winograd_line(const QWinogradWeights& weights, size_t line, const WinogradPixels& pixels,
                        bool is_signed, uint8_t* tile) {
  (is_signed ? pack_line<true> : pack_line<false>)(weights, line, pixels, tile);
}

void run_winograd_tile(const QWinogradWeights& weights, size_t panel, const uint8_t* tile,
                       const Requant& out, const WinogradOutputs& y) {
  const size_t groups = weights.groups();
  const uint8_t* w = weights.packed.data() + panel * weights.panel_bytes();
  const auto add = [&](size_t t, Sums& sums) {
    add_product(groups, tile + t * groups * kTileGroup, w + t * groups * kQGemmPanelBytes, sums);
  };
  Sums one = zeros(), two = zeros(), first, second;
  add(1, one);
  add(2, two);
  for (size_t p = 0; p < kRows; ++p) {
    for (size_t half = 0; half < 2; ++half) {
      first.acc[p][half] = wasm_i32x4_add(one.acc[p][half], two.acc[p][half]);
      second.acc[p][half] = wasm_i32x4_sub(one.acc[p][half], two.acc[p][half]);
    }
  }
  add(0, first);
  add(3, second);
  const auto store =
      weights.stays_small && out.is_full_range() ? store_bytes<false> : store_bytes<true>;
  store(weights, panel, out, first, y, 0);
  store(weights, panel, out, second, y, 1);
}

}  // namespace octavo
