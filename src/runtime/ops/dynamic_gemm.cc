#include "runtime/ops/dynamic_gemm.h"

#include <algorithm>

#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/quant_support.h"

namespace octavo {
namespace {

// Packed panels have whole columns of 8; so have what goes with them.
size_t columns_of(const DynamicGemmWeights& weights) {
  return weights.packed.panels() * kQGemmCols;
}

void spread(const float* values, size_t step, size_t n, float* to) {
  for (size_t i = 0; i < n; ++i) to[i] = values[i * step];
}

}  // namespace

Result<std::shared_ptr<const DynamicGemmWeights>> pack_dynamic_gemm(
    const DynamicGemmWeightsSource& source, Isa isa) {
  const std::vector<float> ones(source.n, 1.0f);
  auto weights = std::make_shared<DynamicGemmWeights>();
  weights->packed =
      pack_weights({source.n, source.k, source.w, 1, source.k, source.n, 0, source.is_signed,
                    source.zero_point.data(), nullptr, ones.data(), source.x_signed, 0},
                   isa);
  if (!weights->packed.packed) return no_memory_for_weights();
  weights->x_signed = source.x_signed;
  weights->sums.assign(source.n, 0);
  const uint8_t* row = source.w;
  for (size_t k = 0; k < source.k; ++k, row += source.n) {
    for (size_t n = 0; n < source.n; ++n) {
      weights->sums[n] +=
          static_cast<uint32_t>(widen(row[n], source.is_signed) - source.zero_point[n]);
    }
  }
  return std::shared_ptr<const DynamicGemmWeights>(std::move(weights));
}

size_t dynamic_gemm_scratch(const DynamicGemmWeights& weights) {
  return qgemm_block_bytes(weights.packed) + 3 * columns_of(weights) * sizeof(float);
}

void run_dynamic_gemm(const DynamicGemmWeights& weights, const DynamicGemm& gemm,
                      std::byte* scratch) {
  const QGemmWeights& packed = weights.packed;
  const size_t n = packed.n, columns = columns_of(weights);
  auto* const bias = reinterpret_cast<int32_t*>(scratch);
  auto* const multiplier = reinterpret_cast<float*>(bias + columns);
  float* const addend = multiplier + columns;
  std::fill_n(bias, 3 * columns, 0);
  const auto zero = static_cast<uint32_t>(gemm.x_zero_point);
  for (size_t i = 0; i < n; ++i) {
    bias[i] = static_cast<int32_t>(static_cast<uint32_t>(packed.bias[i]) - zero * weights.sums[i]);
  }
  spread(gemm.scale, gemm.scale_step, n, multiplier);
  if (gemm.addend) spread(gemm.addend, gemm.addend_step, n, addend);
  run_qgemm(packed, gemm.rows, weights.x_signed, reinterpret_cast<uint8_t*>(addend + columns),
            DenseRows(gemm.x, gemm.rows, packed.k, packed.k),
            [&](size_t m, size_t first, QGemmPanel panel) {
              panel.bias = bias + first;
              panel.multiplier = multiplier + first;
              panel.addend = gemm.addend ? addend + first : nullptr;
              packed.kernel->to_floats(panel, gemm.y + m * n + first, n);
            });
}

std::vector<int32_t> spread_zero_points(std::span<const uint8_t> bytes, bool is_signed, size_t n) {
  std::vector<int32_t> zero_points;
  for (size_t i = 0; i < n; ++i) {
    zero_points.push_back(widen(bytes[bytes.size() == 1 ? 0 : i], is_signed));
  }
  return zero_points;
}

std::vector<int32_t> weight_zero_points(const Tensor* constant, size_t n) {
  if (!constant) return std::vector<int32_t>(n, 0);
  const auto count = static_cast<size_t>(constant->count());
  if (count != 1 && count != n) return {};
  return spread_zero_points({static_cast<const uint8_t*>(constant->data()), count},
                            constant->dtype() == DType::kInt8, n);
}

}  // namespace octavo
