#include <algorithm>

#include "kernels/copy/strided_copy.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// Where a slice of one dimension starts; its extent is the output's. The rules are Python's:
// negative starts count from the end, then everything is cut to the tensor.
int64_t first_index(int64_t start, int64_t extent, int64_t step) {
  if (start < 0) start = start < -extent ? -1 : start + extent;
  const int64_t most = step > 0 ? extent : extent - 1;
  return std::clamp<int64_t>(start, step > 0 ? 0 : -1, most);
}

Status run_slice(RunContext& run) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  const int rank = x.shape.rank();
  const std::vector<int64_t> starts = integers_of(run, 1), axes = integers_of(run, 3),
                             steps = integers_of(run, 4), strides = dense_strides(x.shape);
  std::vector<CopyDim> dims;
  for (int i = 0; i < rank; ++i) dims.push_back({y.shape[i], strides[static_cast<size_t>(i)]});
  std::vector<bool> sliced(dims.size(), false);
  int64_t first = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    OCTAVO_ASSIGN_OR_RETURN(
        const int axis, checked_axis(i < axes.size() ? axes[i] : static_cast<int64_t>(i), rank));
    const int64_t step = i < steps.size() ? steps[i] : 1;
    const int64_t start = first_index(starts[i], x.shape[axis], step);
    const int64_t extent = y.shape[axis];
    const int64_t last = extent > 1 ? start + (extent - 1) * step : start;
    if (sliced[static_cast<size_t>(axis)]) return invalid_data("a slice names an axis twice");
    sliced[static_cast<size_t>(axis)] = true;
    if (step == 0 ||
        (extent > 0 && (std::min(start, last) < 0 || std::max(start, last) >= x.shape[axis]))) {
      return invalid_data("a slice reaches outside its tensor");
    }
    first += start * strides[static_cast<size_t>(axis)];
    dims[static_cast<size_t>(axis)].stride =
        extent > 1 ? step * strides[static_cast<size_t>(axis)] : 0;
  }
  if (y.count() == 0) return {};
  const auto* from = static_cast<const std::byte*>(x.data);
  strided_copy(from + first * static_cast<int64_t>(size_of(x.dtype)), y.data, std::move(dims),
               size_of(x.dtype));
  return {};
}

}  // namespace

Result<RunFn> prepare_slice(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  return RunFn(run_slice);
}

}  // namespace octavo
