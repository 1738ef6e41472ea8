// y[i] = f(a[i * a_step], b[i * b_step]) over one row of a broadcast; steps are 0 or 1. Float rows
// get a loop per combination of steps, which compilers vectorise; the rest shares one.
#pragma once

#include <cstdint>
#include <type_traits>

namespace octavo {

using BinaryRow = void (*)(const void* a, int64_t a_step, const void* b, int64_t b_step, void* y,
                           int64_t n);

template <typename F, typename T, typename R>
void binary_row(const void* a_data, int64_t a_step, const void* b_data, int64_t b_step,
                void* y_data, int64_t n) {
  const T* a = static_cast<const T*>(a_data);
  const T* b = static_cast<const T*>(b_data);
  R* y = static_cast<R*>(y_data);
  const F f;
  if constexpr (std::is_same_v<T, float>) {
    if (a_step == 1 && b_step == 1) {
      for (int64_t i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
      return;
    }
    if (a_step == 1) {
      const T right = *b;
      for (int64_t i = 0; i < n; ++i) y[i] = f(a[i], right);
      return;
    }
    if (b_step == 1) {
      const T left = *a;
      for (int64_t i = 0; i < n; ++i) y[i] = f(left, b[i]);
      return;
    }
  }
  for (int64_t i = 0; i < n; ++i) y[i] = f(a[i * a_step], b[i * b_step]);
}

}  // namespace octavo
