// y = condition ? a : b. Elements are moved, not read, so only their size matters.
#include "runtime/ops/support.h"

namespace octavo {
namespace {

template <typename T>
Status run_where(RunContext& run) {
  const TensorView &condition = run.inputs[0], &a = run.inputs[1], &b = run.inputs[2];
  OCTAVO_ASSIGN_OR_RETURN(const auto dims, broadcast_dims(run.outputs[0].shape,
                                                          {&condition.shape, &a.shape, &b.shape}));
  const auto [c_step, a_step, b_step] = dims.back().strides;
  const int64_t n = dims.back().extent;
  for_each_row(dims, [&, c_step = c_step, a_step = a_step, b_step = b_step](int64_t to,
                                                                            const Offsets& from) {
    const auto* c = static_cast<const uint8_t*>(condition.data) + from[0];
    const T* yes = static_cast<const T*>(a.data) + from[1];
    const T* no = static_cast<const T*>(b.data) + from[2];
    T* y = static_cast<T*>(run.outputs[0].data) + to;
    for (int64_t i = 0; i < n; ++i) y[i] = c[i * c_step] ? yes[i * a_step] : no[i * b_step];
  });
  return {};
}

}  // namespace

Result<RunFn> prepare_where(const PrepareContext& context) {
  const DType dtype = context.input(1).dtype;
  if (context.input(0).dtype != DType::kBool) {
    return unsupported_dtype(context, context.input(0).dtype);
  }
  if (context.input(2).dtype != dtype) return unsupported_dtype(context, context.input(2).dtype);
  switch (size_of(dtype)) {
    case 1:
      return RunFn(run_where<uint8_t>);
    case 2:
      return RunFn(run_where<uint16_t>);
    case 4:
      return RunFn(run_where<uint32_t>);
    case 8:
      return RunFn(run_where<uint64_t>);
    default:
      return unsupported_dtype(context, dtype);
  }
}

}  // namespace octavo
