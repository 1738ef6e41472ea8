// log in double, from adds, multiplies and divides alone: the same bits on every machine, as the
// functions of base/real_math.h are for floats.
#pragma once

#include <cmath>
#include <numbers>

namespace octavo {

// Of finite x > 0, within 4e-16 of it. x = 2^k m with m in sqrt(1/2)..sqrt(2); log m = 2 atanh(s)
// by its series in s = (m - 1) / (m + 1), whose terms beyond s^21 are below 2^-53.
inline double double_log(double x) {
  int k = 0;
  double m = std::frexp(x, &k);  // in 1/2..1
  if (m < std::numbers::sqrt2 / 2) {
    m *= 2;
    --k;
  }
  const double s = (m - 1) / (m + 1);
  double series = 0;
  for (int odd = 21; odd >= 1; odd -= 2) series = series * (s * s) + 1.0 / odd;
  return k * std::numbers::ln2 + 2 * s * series;
}

}  // namespace octavo
