// exp, tanh, sigmoid and erf of base/real_math.h on vectors: the same steps in the same order, so
// the same bits.
#pragma once

#include <wasm_simd128.h>

#include <algorithm>

#include "base/real_math.h"

namespace octavo {
namespace {

// Eight numbers. Each step waits for the one before it, so two vectors take turns.
struct Floats {
  v128_t a, b;

  Floats(v128_t low, v128_t high) : a(low), b(high) {}
  Floats(float x) : a(wasm_f32x4_splat(x)), b(a) {}  // NOLINT: a number stands for eight of it
  static Floats load(const float* x) { return {wasm_v128_load(x), wasm_v128_load(x + 4)}; }
  void store(float* y) const {
    wasm_v128_store(y, a);
    wasm_v128_store(y + 4, b);
  }
};

inline Floats operator+(Floats x, Floats y) {
  return {wasm_f32x4_add(x.a, y.a), wasm_f32x4_add(x.b, y.b)};
}
inline Floats operator-(Floats x, Floats y) {
  return {wasm_f32x4_sub(x.a, y.a), wasm_f32x4_sub(x.b, y.b)};
}
inline Floats operator*(Floats x, Floats y) {
  return {wasm_f32x4_mul(x.a, y.a), wasm_f32x4_mul(x.b, y.b)};
}
inline Floats operator/(Floats x, Floats y) {
  return {wasm_f32x4_div(x.a, y.a), wasm_f32x4_div(x.b, y.b)};
}
inline Floats operator-(Floats x) { return {wasm_f32x4_neg(x.a), wasm_f32x4_neg(x.b)}; }

// x > most ? most : x, and x < least ? least : x; NaN stays.
inline Floats at_most(Floats x, Floats most) {
  return {wasm_f32x4_pmin(x.a, most.a), wasm_f32x4_pmin(x.b, most.b)};
}
inline Floats at_least(Floats x, Floats least) {
  return {wasm_f32x4_pmax(x.a, least.a), wasm_f32x4_pmax(x.b, least.b)};
}
inline Floats fabs(Floats x) { return {wasm_f32x4_abs(x.a), wasm_f32x4_abs(x.b)}; }
inline Floats copysign(Floats magnitude, Floats sign) {
  const v128_t mask = wasm_i32x4_splat(0x7fffffff);
  return {wasm_v128_bitselect(magnitude.a, sign.a, mask),
          wasm_v128_bitselect(magnitude.b, sign.b, mask)};
}
// x < y ? yes : no
inline Floats if_less(Floats x, Floats y, Floats yes, Floats no) {
  return {wasm_v128_bitselect(yes.a, no.a, wasm_f32x4_lt(x.a, y.a)),
          wasm_v128_bitselect(yes.b, no.b, wasm_f32x4_lt(x.b, y.b))};
}

template <size_t kCount>
inline Floats polynomial(const float (&coefficients)[kCount], Floats x) {
  const auto all = [&coefficients](size_t i) {
    const v128_t c = wasm_v128_load32_splat(coefficients + i);
    return Floats(c, c);
  };
  Floats p = all(0);
  for (size_t i = 1; i < kCount; ++i) p = p * x + all(i);
  return p;
}

inline v128_t power_of_two(v128_t n) {
  return wasm_i32x4_shl(wasm_i32x4_add(n, wasm_i32x4_splat(127)), 23);
}

// e^x = 2^n e^r
struct ReducedExp {
  Floats e_to_r;
  v128_t n_a, n_b;
};
inline ReducedExp reduced_exp(Floats x) {
  using namespace real_math;
  const Floats shift = kRoundingShift;
  const Floats shifted = x * 0x1.715476p0f + shift;
  const Floats k = shifted - shift;
  const Floats r = (x - k * 0.693359375f) - k * -2.12194440e-4f;
  return {(polynomial(kExp, r) * (r * r) + r) + 1.0f, wasm_i32x4_sub(shifted.a, shift.a),
          wasm_i32x4_sub(shifted.b, shift.b)};
}

inline Floats exp_of(Floats x) {
  const ReducedExp part = reduced_exp(at_least(at_most(x, 89.0f), -104.0f));
  const v128_t half_a = wasm_i32x4_shr(part.n_a, 1), half_b = wasm_i32x4_shr(part.n_b, 1);
  const Floats first(power_of_two(half_a), power_of_two(half_b));
  const Floats second(power_of_two(wasm_i32x4_sub(part.n_a, half_a)),
                      power_of_two(wasm_i32x4_sub(part.n_b, half_b)));
  return part.e_to_r * first * second;
}

// For x in -87..87: nothing to clamp, and one product with a power of two is as exact as two.
inline Floats exp_of_small(Floats x) {
  const ReducedExp part = reduced_exp(x);
  return part.e_to_r * Floats(power_of_two(part.n_a), power_of_two(part.n_b));
}

inline Floats tanh_of(Floats x) {
  const Floats a = fabs(x), z = x * x;
  const Floats small = a + a * (z * polynomial(real_math::kTanh, z));
  const Floats large = Floats(1.0f) - Floats(2.0f) / (exp_of(Floats(2.0f) * a) + 1.0f);
  return copysign(if_less(a, 0.625f, small, large), x);
}

inline Floats sigmoid_of(Floats x) {
  const Floats e = exp_of(if_less(x, 0.0f, x, -x));
  return if_less(x, 0.0f, e, 1.0f) / (Floats(1.0f) + e);
}

inline Floats erf_of(Floats x) {
  const Floats a = fabs(x);
  const Floats small = a + a * polynomial(real_math::kErfBelow1, x * x);
  const Floats log_erfc = polynomial(real_math::kLogErfc, at_most(a, 4.0f));  // above -17
  const Floats large = Floats(1.0f) - exp_of_small(log_erfc);
  return copysign(if_less(a, 1.0f, small, large), x);
}

// y[i] = f(x[i]); x and y may be the same. The last ones go through `rest`, so that f is there
// once.
template <typename F>
inline void map_floats(const float* x, float* y, int64_t n, F f) {
  float rest[8] = {};
  for (; n > 0; n -= 8, x += 8, y += 8) {
    const bool whole = n >= 8;
    if (!whole) std::copy_n(x, n, rest);
    f(Floats::load(whole ? x : rest)).store(whole ? y : rest);
    if (!whole) std::copy_n(rest, n, y);
  }
}

}  // namespace
}  // namespace octavo
