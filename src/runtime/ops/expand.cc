// Expand and Tile: the output walks over the input again and again.
#include "kernels/copy/strided_copy.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

Status run_expand(RunContext& run) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const auto broadcast, broadcast_dims(y.shape, {&x.shape}));
  std::vector<CopyDim> dims;
  for (const BroadcastDim& dim : broadcast) dims.push_back({dim.extent, dim.strides[0]});
  strided_copy(x.data, y.data, std::move(dims), size_of(x.dtype));
  return {};
}

// Each dimension becomes two: the repeats (stride 0) of the whole.
Status run_tile(RunContext& run) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  const std::vector<int64_t> repeats = integers_of(run, 1), strides = dense_strides(x.shape);
  if (repeats.size() != strides.size()) return invalid_data("Tile wants a repeat per dimension");
  std::vector<CopyDim> dims;
  for (size_t i = 0; i < strides.size(); ++i) {
    const int64_t extent = x.shape[static_cast<int>(i)];
    if (repeats[i] < 0 || y.shape[static_cast<int>(i)] != extent * repeats[i]) {
      return invalid_data("Tile repeats " + std::to_string(repeats[i]) + " times");
    }
    dims.push_back({repeats[i], 0});
    dims.push_back({extent, strides[i]});
  }
  strided_copy(x.data, y.data, std::move(dims), size_of(x.dtype));
  return {};
}

}  // namespace

Result<RunFn> prepare_expand(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  return RunFn(run_expand);
}

Result<RunFn> prepare_tile(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  return RunFn(run_tile);
}

}  // namespace octavo
