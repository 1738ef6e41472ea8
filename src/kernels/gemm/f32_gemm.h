// Product of a matrix and packed weights, with bias and clamp:
//
//   c[m][n] = clamp(bias[n] + a[m][0] * b[0][n] + a[m][1] * b[1][n] + ... + a[m][K-1] * b[K-1][n])
//
// summed from left to right in float, every product and every sum rounded by itself (no FMA), so
// that all instruction sets give the same bits. clamp(x) = x < low ? low : high < x ? high : x; NaN
// stays.
//
// Weights are packed into panels of 8 columns, the last one filled up with zeros: first 8 biases,
// then for each k the 8 weights b[k][8 * panel ...].
//
// Nothing is read outside a[m][0..depth) and the panels, nothing written outside c[m][0..columns).
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "kernels/isa.h"

namespace octavo {

struct F32Clamp {
  float low = -std::numeric_limits<float>::infinity();
  float high = std::numeric_limits<float>::infinity();
};

struct F32Gemm {
  size_t rows = 0;
  size_t columns = 0;
  size_t depth = 0;
  const float* a = nullptr;  // (rows, depth)
  size_t a_stride = 0;       // floats from row to row
  const float* panels = nullptr;
  float* c = nullptr;  // (rows, columns)
  size_t c_stride = 0;
  F32Clamp clamp;
};

constexpr size_t kF32GemmColumns = 8;  // of a panel

constexpr size_t f32_panel_floats(size_t depth) { return kF32GemmColumns * (depth + 1); }
// 64 bits: of a single column packing makes eight, which need not fit into 32.
constexpr uint64_t f32_packed_floats(uint64_t depth, uint64_t columns) {
  return (columns + kF32GemmColumns - 1) / kF32GemmColumns * kF32GemmColumns * (depth + 1);
}

// Where b[k][n] lies before packing: b[k * k_stride + n * n_stride], or, for weights of another
// order, b[k_offsets[k] + n * n_stride].
struct F32GemmWeights {
  const float* b = nullptr;
  size_t depth = 0;
  size_t columns = 0;
  size_t k_stride = 0;
  size_t n_stride = 1;
  std::span<const size_t> k_offsets;  // (depth), or empty
  const float* bias = nullptr;        // (columns), or null
  float scale = 1.0f;                 // of the weights
};

void pack_f32_gemm(const F32GemmWeights& weights, float* panels);

struct F32GemmKernel {
  const char* name;
  Isa isa;
  void (*run)(const F32Gemm& gemm);
};

std::span<const F32GemmKernel* const> f32_gemm_kernels();
const F32GemmKernel& f32_gemm_kernel(Isa isa);

}  // namespace octavo
