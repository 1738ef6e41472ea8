#include <algorithm>

#include "kernels/qgemm/qgemm.h"

namespace octavo {
namespace {

void pack_rows(size_t rows, size_t k, const uint8_t* const* x, bool is_signed, int16_t* packed) {
  for (size_t j = 0; j < (k + 1) / 2 * 2; ++j) {
    for (size_t m = 0; m < kQGemmRows; ++m) {
      const uint8_t* row = x[std::min(m, rows - 1)];
      packed[(j / 2 * kQGemmRows + m) * 2 + j % 2] =
          static_cast<int16_t>(j < k ? widen(row[j], is_signed) : 0);
    }
  }
}

int32_t accumulate(const QGemmPanel& panel, size_t m, size_t n) {
  const int16_t* x = panel.x + m / kQGemmRows * panel.k_pairs * kQGemmRows * 2;
  uint32_t acc = static_cast<uint32_t>(panel.bias[n]);
  for (size_t j = 0; j < panel.k_pairs * 2; ++j) {
    const int32_t a = x[(j / 2 * kQGemmRows + m % kQGemmRows) * 2 + j % 2];
    const int32_t b = panel.w[(j / 2 * kQGemmCols + n) * 2 + j % 2];
    acc += static_cast<uint32_t>(a * b);  // |a * b| <= 255 * 255; the sum is modulo 2^32
  }
  return static_cast<int32_t>(acc);
}

void to_bytes(const QGemmPanel& panel, const Requant& out, uint8_t* y, size_t stride) {
  for (size_t m = 0; m < panel.rows; ++m) {
    for (size_t n = 0; n < panel.cols; ++n) {
      y[m * stride + n] = requantize_byte(accumulate(panel, m, n), panel.multiplier[n], out);
    }
  }
}

void to_floats(const QGemmPanel& panel, float* y, size_t stride) {
  for (size_t m = 0; m < panel.rows; ++m) {
    for (size_t n = 0; n < panel.cols; ++n) {
      y[m * stride + n] = static_cast<float>(accumulate(panel, m, n)) * panel.multiplier[n];
    }
  }
}

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c2__ref = {"qx8_qc8w_gemm_4x8c2__ref", Isa::kRef,
                                                     pack_rows, to_bytes, to_floats};

}  // namespace octavo
