#include "runtime/ops/dynamic_gemm.h"

#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/quant_support.h"

namespace octavo {
namespace {

// Packed panels have whole columns of 8; so have what goes with them.
size_t columns_of(const DynamicGemmWeights& weights) {
  return weights.packed.panels() * kQGemmCols;
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
  return qgemm_block_bytes(weights.packed) +
         static_cast<size_t>(dynamic_columns_bytes(columns_of(weights)));
}

void run_dynamic_gemm(const DynamicGemmWeights& weights, const DynamicGemm& gemm,
                      std::byte* scratch) {
  const QGemmWeights& packed = weights.packed;
  const size_t n = packed.n, columns = columns_of(weights);
  const DynamicColumns of =
      dynamic_columns(gemm.scales, 0, packed.bias.data(), weights.sums, columns, scratch);
  auto* const block = reinterpret_cast<uint8_t*>(scratch + dynamic_columns_bytes(columns));
  run_qgemm(packed, gemm.rows, weights.x_signed, block,
            DenseRows(gemm.x, gemm.rows, packed.k, packed.k),
            [&](size_t m, size_t first, QGemmPanel panel) {
              panel.bias = of.bias + first;
              panel.multiplier = of.multiplier + first;
              panel.addend = gemm.scales.addend ? of.addend + first : nullptr;
              packed.kernel->to_floats(panel, gemm.y + m * n + first, n);
            });
}

}  // namespace octavo
