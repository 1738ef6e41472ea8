// y[before, indices..., after] = x[before, index, after], index counted from the end where
// negative.
#include <cstring>

#include "runtime/ops/support.h"

namespace octavo {
namespace {

Status run_gather(RunContext& run, int64_t axis_attribute) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, x.shape.rank()));
  std::vector<int64_t> indices = integers_of(run, 1);
  const int64_t extent = x.shape[axis];
  for (int64_t& index : indices) {
    if (index < -extent || index >= extent) {
      return invalid_data("index " + std::to_string(index) + " is outside an axis of " +
                          std::to_string(extent));
    }
    if (index < 0) index += extent;
  }
  const int64_t before = x.shape.count(0, axis);
  const size_t block =
      static_cast<size_t>(x.shape.count(axis + 1, x.shape.rank())) * size_of(x.dtype);
  if (y.bytes() != static_cast<size_t>(before) * indices.size() * block) {
    return invalid_data("Gather does not give the output's shape " + y.shape.to_string());
  }
  const auto* from = static_cast<const std::byte*>(x.data);
  auto* to = static_cast<std::byte*>(y.data);
  for (int64_t i = 0; i < before && block != 0; ++i) {
    for (const int64_t index : indices) {
      std::memcpy(to, from + static_cast<size_t>(i * extent + index) * block, block);
      to += block;
    }
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_gather(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype, indices = context.input(1).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  if (indices != DType::kInt64 && indices != DType::kInt32) {
    return unsupported_dtype(context, indices);
  }
  const int64_t axis = context.node().attrs.get_int("axis", 0);
  return RunFn([axis](RunContext& run) { return run_gather(run, axis); });
}

}  // namespace octavo
