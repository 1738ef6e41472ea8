#include <wasm_simd128.h>

#include "kernels/jpeg/inverse_dct.h"
#include "kernels/jpeg/jpeg.h"
#include "kernels/jpeg/ycc_pixel.h"

namespace octavo {
namespace {

using inverse_dct::kEven, inverse_dct::kOdd;

// Elements of the low or the high halves of a and b by turns: a0 b0 a1 b1 ...
v128_t low16(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
v128_t high16(v128_t a, v128_t b) { return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
v128_t low32(v128_t a, v128_t b) { return wasm_i32x4_shuffle(a, b, 0, 4, 1, 5); }
v128_t high32(v128_t a, v128_t b) { return wasm_i32x4_shuffle(a, b, 2, 6, 3, 7); }
v128_t low64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 0, 2); }
v128_t high64(v128_t a, v128_t b) { return wasm_i64x2_shuffle(a, b, 1, 3); }

// Two factors, by turns.
v128_t pair(int16_t a, int16_t b) { return wasm_i16x8_make(a, b, a, b, a, b, a, b); }

// --- inverse DCT
// -----------------------------------------------------------------------------------

// A row of the matrix times what it is multiplied by: elements 0 and 1 of four lanes, 2 and 3.
v128_t product(const int16_t row[4], v128_t first, v128_t second) {
  return wasm_i32x4_add(wasm_i32x4_dot_i16x8(first, pair(row[0], row[1])),
                        wasm_i32x4_dot_i16x8(second, pair(row[2], row[3])));
}

struct Halves {
  v128_t low, high;  // of eight lanes
};

Halves pairs(v128_t a, v128_t b) { return {low16(a, b), high16(a, b)}; }

// Eight transforms side by side: in and out by index.
void transform(v128_t rows[8], int shift) {
  const Halves even_first = pairs(rows[0], rows[2]), even_second = pairs(rows[4], rows[6]);
  const Halves odd_first = pairs(rows[1], rows[3]), odd_second = pairs(rows[5], rows[7]);
  const v128_t half = wasm_i32x4_splat(1 << (shift - 1));
  for (int k = 0; k < 4; ++k) {
    const auto even = [&](v128_t first, v128_t second) {
      return wasm_i32x4_add(product(kEven.at[k], first, second), half);
    };
    const v128_t low = even(even_first.low, even_second.low);
    const v128_t high = even(even_first.high, even_second.high);
    const v128_t odd_low = product(kOdd.at[k], odd_first.low, odd_second.low);
    const v128_t odd_high = product(kOdd.at[k], odd_first.high, odd_second.high);
    rows[k] = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(low, odd_low), shift),
                                      wasm_i32x4_shr(wasm_i32x4_add(high, odd_high), shift));
    rows[7 - k] = wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_sub(low, odd_low), shift),
                                          wasm_i32x4_shr(wasm_i32x4_sub(high, odd_high), shift));
  }
}

void transpose(v128_t rows[8]) {
  v128_t a[8], b[8];
  for (int i = 0; i < 4; ++i) {
    a[2 * i] = low16(rows[2 * i], rows[2 * i + 1]);
    a[2 * i + 1] = high16(rows[2 * i], rows[2 * i + 1]);
  }
  for (int i : {0, 4}) {
    b[i] = low32(a[i], a[i + 2]);
    b[i + 1] = high32(a[i], a[i + 2]);
    b[i + 2] = low32(a[i + 1], a[i + 3]);
    b[i + 3] = high32(a[i + 1], a[i + 3]);
  }
  for (int i = 0; i < 4; ++i) {
    rows[2 * i] = low64(b[i], b[i + 4]);
    rows[2 * i + 1] = high64(b[i], b[i + 4]);
  }
}

void transform_block(const int16_t coefficients[64], uint8_t* samples, ptrdiff_t stride) {
  v128_t rows[8];
  for (int i = 0; i < 8; ++i) rows[i] = wasm_v128_load(coefficients + 8 * i);
  transform(rows, inverse_dct::kColumnShift);
  transpose(rows);
  transform(rows, inverse_dct::kRowShift);
  transpose(rows);
  const v128_t middle = wasm_i16x8_splat(inverse_dct::kMiddle);
  for (int i = 0; i < 8; ++i) {
    const v128_t sample = wasm_i16x8_add_sat(rows[i], middle);
    wasm_v128_store64_lane(samples, wasm_u8x16_narrow_i16x8(sample, sample), 0);
    samples += stride;
  }
}

// --- colors
// ----------------------------------------------------------------------------------------

// (a u + b v + half) >> 16 of eight pixels
v128_t weighted(const Halves& uv, int16_t a, int16_t b) {
  const auto four = [&](v128_t some) {
    const v128_t sum = wasm_i32x4_dot_i16x8(some, pair(a, b));
    return wasm_i32x4_shr(wasm_i32x4_add(sum, wasm_i32x4_splat(ycc::kHalf)), ycc::kBits);
  };
  return wasm_i16x8_narrow_i32x4(four(uv.low), four(uv.high));
}

struct Colors {
  v128_t r, g, b;
};

Colors of_eight(v128_t y, v128_t cb, v128_t cr) {
  const v128_t middle = wasm_i16x8_splat(128);
  const v128_t u = wasm_i16x8_sub(cb, middle), v = wasm_i16x8_sub(cr, middle);
  const Halves uv = pairs(u, v);
  return {
      wasm_i16x8_add(wasm_i16x8_add(y, v), weighted(uv, 0, ycc::kRed)),
      wasm_i16x8_add(wasm_i16x8_sub(y, v), weighted(uv, ycc::kGreenOfBlue, ycc::kGreenOfRed)),
      wasm_i16x8_add(wasm_i16x8_add(y, wasm_i16x8_add(u, u)), weighted(uv, ycc::kBlue, 0)),
  };
}

Colors of_sixteen(const uint8_t* y, const uint8_t* cb, const uint8_t* cr) {
  const v128_t a = wasm_v128_load(y), b = wasm_v128_load(cb), c = wasm_v128_load(cr);
  const Colors low = of_eight(wasm_u16x8_extend_low_u8x16(a), wasm_u16x8_extend_low_u8x16(b),
                              wasm_u16x8_extend_low_u8x16(c));
  const Colors high = of_eight(wasm_u16x8_extend_high_u8x16(a), wasm_u16x8_extend_high_u8x16(b),
                               wasm_u16x8_extend_high_u8x16(c));
  return {wasm_u8x16_narrow_i16x8(low.r, high.r), wasm_u8x16_narrow_i16x8(low.g, high.g),
          wasm_u8x16_narrow_i16x8(low.b, high.b)};
}

void store3(const Colors& c, uint8_t* out) {
  const v128_t rg0 =
      wasm_i8x16_shuffle(c.r, c.g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  const v128_t rg1 =
      wasm_i8x16_shuffle(c.r, c.g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  const v128_t rg2 =
      wasm_i8x16_shuffle(c.r, c.g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  wasm_v128_store(
      out, wasm_i8x16_shuffle(rg0, c.b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  wasm_v128_store(out + 16, wasm_i8x16_shuffle(rg1, c.b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11,
                                               12, 25, 14, 15));
  wasm_v128_store(out + 32, wasm_i8x16_shuffle(rg2, c.b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11,
                                               30, 13, 14, 31));
}

v128_t low8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
v128_t high8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

void store4(const Colors& c, uint8_t* out) {
  const v128_t opaque = wasm_i8x16_splat(-1);
  const Halves rg = {low8(c.r, c.g), high8(c.r, c.g)};
  const Halves ba = {low8(c.b, opaque), high8(c.b, opaque)};
  wasm_v128_store(out, low16(rg.low, ba.low));
  wasm_v128_store(out + 16, high16(rg.low, ba.low));
  wasm_v128_store(out + 32, low16(rg.high, ba.high));
  wasm_v128_store(out + 48, high16(rg.high, ba.high));
}

void ycc_to_rgb(const uint8_t* y, const uint8_t* cb, const uint8_t* cr, size_t count,
                size_t channels, uint8_t* out) {
  const auto store = channels == 4 ? store4 : store3;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) store(of_sixteen(y + i, cb + i, cr + i), out + i * channels);
  for (; i < count; ++i) ycc::pixel(y[i], cb[i], cr[i], channels, out + i * channels);
}

}  // namespace

extern const JpegKernel u8_jpeg__simd128{"u8_jpeg__simd128", Isa::kSimd128, transform_block,
                                         ycc_to_rgb};

}  // namespace octavo
