// clamp((x - x_zero_point) * (w - w_zero_point) * scale + bias), w constant: see dynamic_gemm.h.
// Scale and bias are one number, or one a column.
#include "kernels/elementwise/unary.h"
#include "runtime/ops/dynamic_gemm.h"
#include "runtime/ops/qgemm_rows.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

enum Input : size_t { kX, kW, kXZeroPoint, kWZeroPoint };

struct Operation {
  std::shared_ptr<const DynamicGemmWeights> weights;
  F32Clamp clamp;

  Status multiply(RunContext& run, const DynamicGemm& gemm) const {
    return run_row_parts(run, weights->packed, gemm.rows, dynamic_gemm_scratch(*weights),
                         [&](size_t first, size_t count, std::byte* scratch) {
                           DynamicGemm part = gemm;
                           part.rows = count;
                           part.x += first * weights->packed.k;
                           part.y += first * weights->packed.n;
                           run_dynamic_gemm(*weights, part, scratch);
                         });
  }

  Status operator()(RunContext& run) const {
    const TensorView &x = run.inputs[kX], &y = run.outputs[0];
    if (x.count() == 0 || y.count() == 0) return {};
    const DynamicGemm gemm{static_cast<size_t>(x.count()) / weights->packed.k,
                           static_cast<const uint8_t*>(x.data),
                           dynamic_scales_of(run, weights->x_signed), static_cast<float*>(y.data)};
    OCTAVO_RETURN_IF_ERROR(multiply(run, gemm));
    const float limits[] = {clamp.low, clamp.high};
    if (clamp.low > F32Clamp().low || clamp.high < F32Clamp().high) {
      clamp_f32(gemm.y, gemm.y, y.count(), limits);
    }
    return {};
  }
};

}  // namespace

Result<RunFn> prepare_matmul_integer_to_float(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* constant, context.constant(kW));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* zero_point, context.constant(kWZeroPoint));
  const Tensor& w = *constant;
  const auto k = static_cast<size_t>(w.shape()[0]), n = static_cast<size_t>(w.shape()[1]);
  OCTAVO_ASSIGN_OR_RETURN(
      const auto weights,
      pack_dynamic_gemm(
          {n, k, static_cast<const uint8_t*>(w.data()), w.dtype() == DType::kInt8,
           weight_zero_points(zero_point, n), context.input(kX).dtype == DType::kInt8},
          context.isa()));
  for (const size_t input : {kW, kWZeroPoint}) context.mark_packed(input);
  return RunFn(Operation{weights, activation_of(context.node().attrs)});
}

}  // namespace octavo
