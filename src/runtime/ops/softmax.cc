#include "kernels/softmax/softmax.h"

#include <cmath>

#include "kernels/reduce/reduce.h"
#include "runtime/ops/lines.h"

namespace octavo {
namespace {

using RowFunction = void (*)(const float* x, float* y, int64_t n);

// x / |x|, or 0 where the norm is 0.
void normalize(const float* x, float* y, int64_t n, float norm) {
  for (int64_t i = 0; i < n; ++i) y[i] = norm == 0.0f ? 0.0f : x[i] / norm;
}
void normalize_l1(const float* x, float* y, int64_t n) { normalize(x, y, n, sum_abs_f32(x, n)); }
void normalize_l2(const float* x, float* y, int64_t n) {
  normalize(x, y, n, std::sqrt(sum_squared_distance_f32(x, n, 0.0f)));
}

Result<RunFn> prepare_rows(const PrepareContext& context, RowFunction row) {
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  const int64_t attribute = context.node().attrs.get_int("axis", -1);
  return RunFn([row, attribute](RunContext& run) -> Status {
    const TensorView& x = run.inputs[0];
    OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(attribute, x.shape.rank()));
    map_lines(Lines(x.shape, axis), static_cast<const float*>(x.data),
              static_cast<float*>(run.outputs[0].data), row);
    return {};
  });
}

}  // namespace

Result<RunFn> prepare_softmax(const PrepareContext& context) {
  return prepare_rows(context, context.node().op == Op::kSoftmax ? softmax_f32 : log_softmax_f32);
}

Result<RunFn> prepare_lp_normalization(const PrepareContext& context) {
  const int64_t p = context.node().attrs.get_int("p", 2);
  if (p != 1 && p != 2) return unsupported("LpNormalization with p = " + std::to_string(p));
  return prepare_rows(context, p == 1 ? normalize_l1 : normalize_l2);
}

}  // namespace octavo
