// The instruction itself, for the *_relaxed.cc files alone: they are compiled for it.
#pragma once

#include <wasm_simd128.h>
#if defined(__x86_64__)
#include <immintrin.h>

#include <bit>
#endif

namespace octavo {
namespace {

// acc[i] + sum over j < 4 of w[4 i + j] * x[4 i + j]
inline v128_t add_dot(v128_t acc, v128_t w, v128_t x) {
#if defined(__x86_64__)
  return std::bit_cast<v128_t>(_mm_dpbusd_avx_epi32(
      std::bit_cast<__m128i>(acc), std::bit_cast<__m128i>(x), std::bit_cast<__m128i>(w)));
#else
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, x, acc);
#endif
}

inline v128_t splat_word(const uint8_t* word) {
#if defined(__x86_64__)
  return std::bit_cast<v128_t>(_mm_broadcast_ss(reinterpret_cast<const float*>(word)));
#else
  return wasm_v128_load32_splat(word);
#endif
}

}  // namespace
}  // namespace octavo
