// Each dtype knows four loops: to and from double, to and from int64. Any pair goes through one of
// the two, a piece at a time, so that eleven dtypes need 44 short loops and not 121.
#include "runtime/ops/convert.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "base/float16.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

constexpr int64_t kPiece = 512;

template <typename T>
using Stored = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;

template <typename From, typename To>
To converted(From x) {
  if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    // The lowest value is a power of two, so exact in double; the highest may not be.
    constexpr auto kLeast = static_cast<double>(std::numeric_limits<To>::min());
    constexpr auto kPast = static_cast<double>(std::numeric_limits<To>::max() / 2 + 1) * 2.0;
    if (!(x == x)) return To{0};
    if (x < kLeast) return std::numeric_limits<To>::min();
    return x < kPast ? static_cast<To>(x) : std::numeric_limits<To>::max();
  } else {
    return static_cast<To>(x);
  }
}

template <typename T, typename Wide>
void widen(const void* x, void* wide, int64_t n) {
  const auto* from = static_cast<const Stored<T>*>(x);
  auto* to = static_cast<Wide*>(wide);
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<T, bool>)
      to[i] = from[i] != 0 ? Wide{1} : Wide{0};
    else
      to[i] = converted<T, Wide>(from[i]);
  }
}

template <typename Wide>
void widen_halves(const void* x, void* wide, int64_t n) {
  const auto* from = static_cast<const uint16_t*>(x);
  for (int64_t i = 0; i < n; ++i) {
    static_cast<Wide*>(wide)[i] = converted<float, Wide>(float_from_half(from[i]));
  }
}

template <typename T, typename Wide>
void narrow(const void* wide, void* y, int64_t n) {
  const auto* from = static_cast<const Wide*>(wide);
  auto* to = static_cast<Stored<T>*>(y);
  for (int64_t i = 0; i < n; ++i) {
    if constexpr (std::is_same_v<T, bool>)
      to[i] = from[i] != Wide{0};
    else
      to[i] = converted<Wide, T>(from[i]);
  }
}

using Loop = void (*)(const void* from, void* to, int64_t n);

template <typename Wide>
Loop widening(DType dtype) {
  if (dtype == DType::kFloat16) return widen_halves<Wide>;
  return pick<Loop>(dtype, AllTypes{}, []<typename T>() -> Loop { return widen<T, Wide>; });
}
template <typename Wide>
Loop narrowing(DType dtype) {
  return pick<Loop>(dtype, AllTypes{}, []<typename T>() -> Loop { return narrow<T, Wide>; });
}

bool is_real(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat64 || dtype == DType::kFloat16;
}

}  // namespace

bool convert(DType from, const void* x, DType to, void* y, int64_t n) {
  const bool through_double = is_real(from) || is_real(to);
  const Loop load = through_double ? widening<double>(from) : widening<int64_t>(from);
  const Loop store = through_double ? narrowing<double>(to) : narrowing<int64_t>(to);
  if (!load || !store) return false;
  if (from == to) {
    if (n != 0) std::memcpy(y, x, static_cast<size_t>(n) * size_of(to));
    return true;
  }
  alignas(16) std::byte wide[kPiece * 8];
  const auto* in = static_cast<const std::byte*>(x);
  auto* out = static_cast<std::byte*>(y);
  for (int64_t i = 0; i < n; i += kPiece) {
    const int64_t count = std::min(kPiece, n - i);
    load(in + i * static_cast<int64_t>(size_of(from)), wide, count);
    store(wide, out + i * static_cast<int64_t>(size_of(to)), count);
  }
  return true;
}

}  // namespace octavo
