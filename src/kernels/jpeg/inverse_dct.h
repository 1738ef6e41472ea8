// libjpeg's "islow" transform as a matrix. Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D
// DCT algorithms with 11 multiplications", 1989, share products; in integers, sums of their
// constants times the inputs are the same, to the bit:
//
//   out[k], out[7 - k] = (sum_j kEven[k][j] in[2 j] +- kOdd[k][j] in[2 j + 1] + half) >> shift
//
// first down the columns, then along the rows. Sums wrap at 32 bits, which no picture comes to;
// between the passes and at the end there are 16, saturated.
#pragma once

#include <cstdint>

namespace octavo::inverse_dct {

constexpr int kFraction = 13;  // bits of the constants
constexpr int kBetween = 2;    // bits that are left between the passes
constexpr int kColumnShift = kFraction - kBetween, kRowShift = kFraction + kBetween + 3;
constexpr int kMiddle = 128;  // of samples

constexpr int16_t fixed(double x) { return static_cast<int16_t>(x * (1 << kFraction) + 0.5); }

struct Matrix {
  int16_t at[4][4];
};

constexpr Matrix even_matrix() {
  constexpr int16_t one = fixed(1), a6 = fixed(0.541196100), a2 = a6 + fixed(0.765366865), b2 = a6,
                    b6 = a6 - fixed(1.847759065);
  return {{{one, a2, one, a6}, {one, b2, -one, b6}, {one, -b2, -one, -b6}, {one, -a2, one, -a6}}};
}

constexpr Matrix odd_matrix() {
  constexpr int all = fixed(1.175875602), z1 = fixed(0.899976223), z2 = fixed(2.562915447),
                z3 = fixed(1.961570560), z4 = fixed(0.390180644);
  constexpr int16_t in1 = fixed(1.501321110) - z1 + all - z4,
                    in3 = fixed(3.072711026) - z2 + all - z3,
                    in5 = fixed(2.053119869) - z2 + all - z4,
                    in7 = fixed(0.298631336) - z1 + all - z3;
  constexpr int16_t n1 = all - z1, n2 = all - z2, n3 = all - z3, n4 = all - z4;
  return {{{in1, all, n4, n1}, {all, in3, n2, n3}, {n4, n2, in5, all}, {n1, n3, all, in7}}};
}

constexpr Matrix kEven = even_matrix(), kOdd = odd_matrix();

}  // namespace octavo::inverse_dct
