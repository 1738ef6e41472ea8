// Operators that make data from sizes: Range, Shape, Size, ConstantOfShape.
#include <algorithm>
#include <limits>

#include "kernels/copy/strided_copy.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// start, start + delta, ...: as many as the output holds. Integers wrap around, which no range that
// fits its type does.
template <typename T>
Status run_range(RunContext& run) {
  const T start = run.inputs[0].values<T>()[0], delta = run.inputs[2].values<T>()[0];
  const auto y = run.outputs[0].values<T>();
  for (size_t i = 0; i < y.size(); ++i) {
    if constexpr (std::is_integral_v<T>) {
      y[i] = static_cast<T>(static_cast<uint64_t>(start) + i * static_cast<uint64_t>(delta));
    } else {
      y[i] = start + static_cast<T>(i) * delta;
    }
  }
  return {};
}

// Attributes start and end cut the list of dimensions as a slice would.
Status run_shape(RunContext& run, int64_t start, int64_t end) {
  const std::vector<int64_t>& dims = run.inputs[0].shape.dims();
  const auto rank = static_cast<int64_t>(dims.size());
  const auto cut = [rank](int64_t i) { return std::clamp<int64_t>(i < 0 ? i + rank : i, 0, rank); };
  const auto y = run.outputs[0].values<int64_t>();
  const int64_t first = cut(start), count = std::max<int64_t>(cut(end) - first, 0);
  if (static_cast<int64_t>(y.size()) != count) return invalid_data("Shape of an unexpected rank");
  std::copy_n(dims.begin() + first, count, y.begin());
  return {};
}

Status run_size(RunContext& run) {
  run.outputs[0].values<int64_t>()[0] = run.inputs[0].count();
  return {};
}

}  // namespace

Result<RunFn> prepare_range(const PrepareContext& context) {
  using Run = Status (*)(RunContext&);
  const DType dtype = context.input(0).dtype;
  const Run run = pick<Run>(dtype, TypeList<float, double, int16_t, int32_t, int64_t>{},
                            []<typename T>() -> Run { return run_range<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  for (size_t i = 1; i < 3; ++i) {
    if (context.input(i).dtype != dtype) return unsupported_dtype(context, context.input(i).dtype);
  }
  return RunFn([run](RunContext& run_context) -> Status {
    for (const TensorView& input : run_context.inputs) {
      if (input.count() != 1) return invalid_data("Range wants three scalars");
    }
    return run(run_context);
  });
}

Result<RunFn> prepare_shape(const PrepareContext& context) {
  const Attributes& attrs = context.node().attrs;
  const int64_t start = attrs.get_int("start", 0);
  const int64_t end = attrs.get_int("end", std::numeric_limits<int32_t>::max());
  return RunFn([start, end](RunContext& run) { return run_shape(run, start, end); });
}

Result<RunFn> prepare_size(const PrepareContext&) { return RunFn(run_size); }

Result<RunFn> prepare_constant_of_shape(const PrepareContext& context) {
  ConstantPtr value = context.node().attrs.get_tensor("value");
  if (!value) value = share(Tensor::from<float>(std::vector<float>{0.0f}, {1}));
  if (value->count() != 1 || size_of(value->dtype()) == 0) {
    return invalid_data("ConstantOfShape wants one number as its value");
  }
  return RunFn([value](RunContext& run) -> Status {
    const TensorView& y = run.outputs[0];
    if (y.dtype != value->dtype()) return invalid_data("ConstantOfShape of an unexpected type");
    strided_copy(value->held()->data(), y.data, {{y.count(), 0}}, size_of(y.dtype));
    return {};
  });
}

}  // namespace octavo
