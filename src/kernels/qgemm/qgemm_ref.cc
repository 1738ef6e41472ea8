#include <algorithm>

#include "kernels/qgemm/qgemm.h"

namespace octavo {
namespace {

constexpr size_t kRows = 4, kTileBytes = kRows * kGroupBytes;

void pack_rows(const QGemmRows& rows, bool is_signed, uint8_t* packed) {
  for (size_t piece = 0; piece < rows.pieces; ++piece) {
    for (size_t j = 0; j < rows.k; j += 2, packed += kTileBytes) {
      for (size_t m = 0; m < kRows; ++m) {
        const size_t i = std::min(m, rows.count - 1);
        const uint8_t* x = rows.x[i] + piece * rows.step[i];
        uint8_t* group = packed + m * kGroupBytes;
        store_in_group(group, 2, 0, widen(x[j], is_signed));
        store_in_group(group, 2, 1, j + 1 < rows.k ? widen(x[j + 1], is_signed) : 0);
      }
    }
  }
}

int32_t accumulate(const QGemmPanel& panel, size_t m, size_t n) {
  const uint8_t* x = panel.x + m / kRows * panel.groups * kTileBytes + m % kRows * kGroupBytes;
  const uint8_t* w = panel.w + n * kGroupBytes;
  uint32_t acc = static_cast<uint32_t>(panel.bias[n]);
  for (size_t g = 0; g < panel.groups; ++g, x += kTileBytes, w += kQGemmPanelBytes) {
    for (size_t j = 0; j < 2; ++j) {
      acc += static_cast<uint32_t>(load_from_pair(x, j) * load_from_pair(w, j));  // modulo 2^32
    }
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
      const float product = static_cast<float>(accumulate(panel, m, n)) * panel.multiplier[n];
      y[m * stride + n] = panel.addend ? product + panel.addend[n] : product;
    }
  }
}

}  // namespace

extern const QGemmKernel qx8_qc8w_gemm_4x8c2__ref = {
    "qx8_qc8w_gemm_4x8c2__ref", Isa::kRef, kRows, 2, no_offset, pack_rows, to_bytes, to_floats};

}  // namespace octavo
