// The functions of two elements, for every element type. Integers wrap around; what C leaves
// undefined is defined here: division by zero gives 0, the lowest value divided by -1 gives itself.
#pragma once

#include <cmath>
#include <limits>
#include <type_traits>

namespace octavo {

// Wide enough that no product of two overflows as a signed int would.
template <typename T>
using Wrapping = std::common_type_t<std::make_unsigned_t<T>, unsigned>;

#define OCTAVO_ARITHMETIC(name, symbol)                                                        \
  template <typename T>                                                                        \
  struct name {                                                                                \
    T operator()(T a, T b) const {                                                             \
      if constexpr (std::is_floating_point_v<T>) {                                             \
        return a symbol b;                                                                     \
      } else {                                                                                 \
        return static_cast<T>(static_cast<Wrapping<T>>(a) symbol static_cast<Wrapping<T>>(b)); \
      }                                                                                        \
    }                                                                                          \
  };
OCTAVO_ARITHMETIC(AddElements, +)
OCTAVO_ARITHMETIC(SubElements, -)
OCTAVO_ARITHMETIC(MulElements, *)
#undef OCTAVO_ARITHMETIC

template <typename T>
bool is_undefined_quotient(T a, T b) {
  return b == 0 ||
         (std::is_signed_v<T> && b == static_cast<T>(-1) && a == std::numeric_limits<T>::min());
}

template <typename T>
struct DivElements {
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return a / b;
    } else {
      if (is_undefined_quotient(a, b)) return b == 0 ? T{0} : a;
      return static_cast<T>(a / b);  // towards zero
    }
  }
};

// The rest has the sign of the dividend, as in C. fmod is exact, so the same everywhere.
template <typename T>
struct FmodElements {
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return std::fmod(a, b);
    } else {
      return is_undefined_quotient(a, b) ? T{0} : static_cast<T>(a % b);
    }
  }
};

// The rest has the sign of the divisor, as in Python.
template <typename T>
struct ModElements {
  T operator()(T a, T b) const {
    const T rest = FmodElements<T>()(a, b);
    return rest != 0 && (rest < 0) != (b < 0) ? static_cast<T>(rest + b) : rest;
  }
};

// NaN wins.
template <typename T>
struct MaxElements {
  T operator()(T a, T b) const { return a > b || a != a ? a : b; }
};
template <typename T>
struct MinElements {
  T operator()(T a, T b) const { return a < b || a != a ? a : b; }
};

template <typename T>
struct PReluElements {
  T operator()(T x, T slope) const { return x < 0 ? static_cast<T>(x * slope) : x; }
};

#define OCTAVO_COMPARISON(name, expression)                \
  template <typename T>                                    \
  struct name {                                            \
    bool operator()(T a, T b) const { return expression; } \
  };
OCTAVO_COMPARISON(EqualElements, a == b)
OCTAVO_COMPARISON(LessElements, a < b)
OCTAVO_COMPARISON(LessOrEqualElements, a <= b)
OCTAVO_COMPARISON(GreaterElements, a > b)
OCTAVO_COMPARISON(GreaterOrEqualElements, a >= b)
OCTAVO_COMPARISON(AndElements, (a != 0) && (b != 0))
OCTAVO_COMPARISON(OrElements, (a != 0) || (b != 0))
OCTAVO_COMPARISON(XorElements, (a != 0) != (b != 0))
#undef OCTAVO_COMPARISON

}  // namespace octavo
