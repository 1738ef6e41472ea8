// y = min(max(x, least), most); either bound may be left out. Where least > most, most wins.
#include <limits>

#include "kernels/elementwise/unary.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

template <typename T>
void clip(const T* x, T* y, int64_t n, T least, T most) {
  if constexpr (std::is_same_v<T, float>) {
    const float limits[] = {least, most};
    clamp_f32(x, y, n, limits);
  } else {
    for (int64_t i = 0; i < n; ++i) {
      const T above = x[i] < least ? least : x[i];
      y[i] = above > most ? most : above;
    }
  }
}

template <typename T>
T bound(const RunContext& run, size_t input, T fallback) {
  if (!run.has_input(input) || run.inputs[input].count() == 0) return fallback;
  return run.inputs[input].values<T>()[0];
}

template <typename T>
Status run_clip(RunContext& run) {
  using Limits = std::numeric_limits<T>;
  constexpr T kLowest = Limits::has_infinity ? -Limits::infinity() : Limits::lowest();
  constexpr T kHighest = Limits::has_infinity ? Limits::infinity() : Limits::max();
  const TensorView& x = run.inputs[0];
  clip(static_cast<const T*>(x.data), static_cast<T*>(run.outputs[0].data), x.count(),
       bound<T>(run, 1, kLowest), bound<T>(run, 2, kHighest));
  return {};
}

}  // namespace

Result<RunFn> prepare_clip(const PrepareContext& context) {
  using Run = Status (*)(RunContext&);
  const DType dtype = context.input(0).dtype;
  const Run run = pick<Run>(dtype, NumericTypes{}, []<typename T>() -> Run { return run_clip<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  for (size_t i = 1; i < 3; ++i) {
    if (context.has_input(i) && context.input(i).dtype != dtype) {
      return unsupported_dtype(context, context.input(i).dtype);
    }
  }
  return RunFn(run);
}

}  // namespace octavo
