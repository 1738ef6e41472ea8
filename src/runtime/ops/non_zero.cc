// The indices of all elements that are not zero: (rank, count), int64, in order. Its shape is known
// only now.
#include "runtime/ops/support.h"

namespace octavo {
namespace {

template <typename T>
Status run_non_zero(RunContext& run) {
  const TensorView& x = run.inputs[0];
  const auto* data = static_cast<const T*>(x.data);
  std::vector<int64_t> found;
  for (int64_t i = 0; i < x.count(); ++i) {
    if (data[i] != T{0}) found.push_back(i);
  }
  const auto count = static_cast<int64_t>(found.size());
  const int rank = x.shape.rank();
  OCTAVO_RETURN_IF_ERROR(run.allocate_output(0, DType::kInt64, {rank, count}));
  const std::vector<int64_t> strides = dense_strides(x.shape);
  auto* y = static_cast<int64_t*>(run.outputs[0].data);
  for (int axis = 0; axis < rank; ++axis) {
    for (const int64_t i : found) {
      *y++ = i / strides[static_cast<size_t>(axis)] % x.shape[axis];
    }
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_non_zero(const PrepareContext& context) {
  using Run = Status (*)(RunContext&);
  const DType dtype = context.input(0).dtype;
  if (dtype == DType::kBool) return RunFn(run_non_zero<uint8_t>);
  const Run run =
      pick<Run>(dtype, NumericTypes{}, []<typename T>() -> Run { return run_non_zero<T>; });
  if (!run) return unsupported_dtype(context, dtype);
  return RunFn(run);
}

}  // namespace octavo
