#include <algorithm>
#include <cstring>

#include "kernels/qgemm/qgemm_pairs.h"
#include "kernels/qwinograd/qwinograd.h"

namespace octavo {
namespace {

static_assert(kWinogradPairs == kPairRows);
constexpr size_t kRows = kPairRows, kTileGroup = kRows * kGroupBytes;
using Sums = Tile<kRows>;

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
  const auto product = [&](size_t t, const Sums& sums) {
    return add_pairs(groups, tile + t * groups * kTileGroup, w + t * groups * kQGemmPanelBytes,
                     sums);
  };
  const Sums one = product(1, zeros()), two = product(2, zeros());
  Sums first, second;
  for (size_t p = 0; p < kRows; ++p) {
    for (size_t half = 0; half < 2; ++half) {
      first.acc[p][half] = wasm_i32x4_add(one.acc[p][half], two.acc[p][half]);
      second.acc[p][half] = wasm_i32x4_sub(one.acc[p][half], two.acc[p][half]);
    }
  }
  first = product(0, first);
  second = product(3, second);
  const auto store =
      weights.stays_small && out.is_full_range() ? store_bytes<false> : store_bytes<true>;
  store(weights, panel, out, first, y, 0);
  store(weights, panel, out, second, y, 1);
}

}  // namespace octavo
