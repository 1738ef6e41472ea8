// The functions that need double inside: sin and cos for their range reduction, pow because an
// error in y * log(x) is multiplied by up to 128 in the result. Double is used with IEEE operations
// only.
#include "base/real_math.h"

namespace octavo {

namespace real_math {

const float kExp[] = {1.97902482e-4f, 1.39447593e-3f, 8.33349768e-3f,
                      4.16662954e-2f, 0.166666657f,   0.5f};
const float kTanh[] = {-5.69738727e-3f, 2.06325501e-2f, -5.37378006e-2f, 0.133314207f,
                       -0.333332807f};
const float kErfBelow1[] = {7.85400844e-5f, -8.01024202e-4f, 5.1883338e-3f, -2.68538147e-2f,
                            0.112835854f,   -0.37612626f,    0.128379166f};
const float kLogErfc[] = {-2.16977296e-5f, 4.41474025e-4f, -4.20529163e-3f, 2.52103582e-2f,
                          -0.10842213f,    -0.633216381f,  -1.12958038f,    1.88470658e-4f};

}  // namespace real_math

namespace {

using real_math::kInfinity;
using real_math::kNan;

struct Reduced {
  double rest;   // in -pi/4..pi/4
  int quadrant;  // x = quadrant * pi/2 + rest, modulo 2 pi
};

// Below 2^25: pi/2 in two parts, the first of 25 bits so that its multiples are exact.
Reduced reduce_medium(double x) {
  const double n = std::nearbyint(x * 0x1.45f306dc9c883p-1);  // 2 / pi
  const double rest = (x - n * 0x1.921fb5p0) - n * 0x1.110b4611a6263p-26;
  return {rest, static_cast<int>(static_cast<int64_t>(n) & 3)};
}

// From 2^25 on (Payne and Hanek): x = m * 2^e with m an integer; x * 2/pi modulo 4 needs only the
// bits of 2/pi from 2^-(e-1) on. 96 of them leave 62 bits of fraction.
Reduced reduce_large(float x) {
  static constexpr uint32_t kTwoOverPi[] = {0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0,
                                            0xdb629599, 0x3c439041, 0xfe5163ab};
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint64_t m = (bits & 0x7fffff) | 0x800000;
  const int e = static_cast<int>((bits >> 23) & 0xff) - 150;
  // Bit b has weight 2^-(b+1); the window starts at the bit of weight 2^-(e-1).
  const auto word_at = [](int bit) {
    const int word = bit / 32, shift = bit % 32;
    const uint64_t pair = (uint64_t{kTwoOverPi[word]} << 32) | kTwoOverPi[word + 1];
    return static_cast<uint32_t>(pair >> (32 - shift));
  };
  const int start = e - 2;
  const uint64_t high = (uint64_t{word_at(start)} << 32) | word_at(start + 32);
  const uint64_t low = word_at(start + 64);
  const uint64_t turns = m * high + ((m * low) >> 32);  // 2 integer bits
  const uint64_t n = (turns + (uint64_t{1} << 61)) >> 62;
  const double rest = static_cast<double>(static_cast<int64_t>(turns - (n << 62))) *
                      (0x1p-62 * 0x1.921fb54442d18p0);
  const int quadrant = static_cast<int>(n & 3);
  return x < 0.0f ? Reduced{-rest, (4 - quadrant) & 3} : Reduced{rest, quadrant};
}

Reduced reduce(float x) { return std::fabs(x) < 0x1p25f ? reduce_medium(x) : reduce_large(x); }

double sin_of_rest(double r) {
  const double z = r * r;
  const double p =
      ((0x1.6ccf5e6f51c93p-19 * z - 0x1.a00f746177117p-13) * z + 0x1.1111085d0913dp-7) * z -
      0x1.5555554c5f7dap-3;
  return r + r * (z * p);
}

double cos_of_rest(double r) {
  const double z = r * r;
  const double p =
      ((-0x1.242908f310cccp-22 * z + 0x1.a011178c2cd9ap-16) * z - 0x1.6c16b88bf1a16p-10) * z +
      0x1.5555554f428d8p-5;
  return (1.0 - 0.5 * z) + (z * z) * p;
}

// sin(x + turn * pi/2)
float sine(float x, int turn) {
  if (!(std::fabs(x) < kInfinity)) return kNan;
  const Reduced reduced = reduce(x);
  const int quadrant = (reduced.quadrant + turn) & 3;
  const double value = quadrant & 1 ? cos_of_rest(reduced.rest) : sin_of_rest(reduced.rest);
  return static_cast<float>(quadrant & 2 ? -value : value);
}

// log2 of a positive finite number: 2 atanh(s) / ln2 for the mantissa, by Taylor's series.
double log2_of(float x) {
  const uint64_t bits = std::bit_cast<uint64_t>(static_cast<double>(x));  // no denormals here
  constexpr uint64_t kSqrtHalf = 0x3fe6a09e667f3bcd;
  const int64_t exponent = static_cast<int64_t>(bits - kSqrtHalf) >> 52;
  const double m = std::bit_cast<double>(bits - (static_cast<uint64_t>(exponent) << 52));
  const double s = (m - 1.0) / (m + 1.0);
  const double z = s * s;
  double sum = 0.0;
  for (int odd = 19; odd >= 1; odd -= 2) sum = sum * z + 1.0 / odd;
  return static_cast<double>(exponent) + s * sum * (2.0 * 0x1.71547652b82fep0);
}

// 2^t as a float, t finite and within -200..200.
float exp2_of(double t) {
  const double n = std::nearbyint(t);
  const double r = (t - n) * 0x1.62e42fefa39efp-1;  // ln2
  double sum = 1.0;
  for (int i = 11; i >= 1; --i) sum = 1.0 + sum * r / i;  // Taylor: |r| < 0.35
  const uint64_t scale = static_cast<uint64_t>(static_cast<int64_t>(n) + 1023) << 52;
  return static_cast<float>(sum * std::bit_cast<double>(scale));
}

bool is_integer(float y) { return std::floor(y) == y; }
bool is_odd(float y) { return is_integer(y) && std::floor(y * 0.5f) != y * 0.5f; }

}  // namespace

float real_sin(float x) { return x == 0.0f ? x : sine(x, 0); }
float real_cos(float x) { return sine(x, 1); }

float real_pow(float x, float y) {
  if (y == 0.0f || x == 1.0f) return 1.0f;  // also for NaN, as in C
  if (std::isnan(x) || std::isnan(y)) return kNan;
  const float magnitude = std::fabs(x);
  if (std::isinf(y)) {
    if (magnitude == 1.0f) return 1.0f;
    return (magnitude > 1.0f) == (y > 0.0f) ? kInfinity : 0.0f;
  }
  const bool negative = std::signbit(x) && is_odd(y);
  float result;
  if (magnitude == 0.0f || std::isinf(magnitude)) {
    result = (magnitude == 0.0f) == (y > 0.0f) ? 0.0f : kInfinity;
  } else if (x < 0.0f && !is_integer(y)) {
    return kNan;
  } else {
    const double t = static_cast<double>(y) * log2_of(magnitude);
    result = t > 200.0 ? kInfinity : t < -200.0 ? 0.0f : exp2_of(t);
  }
  return negative ? -result : result;
}

}  // namespace octavo
