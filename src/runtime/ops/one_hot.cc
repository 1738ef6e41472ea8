// A new axis of `depth` elements: on_value at the index, off_value elsewhere. An index outside
// -depth..depth-1 is on nowhere, as ONNX wants it.
#include <cstring>

#include "kernels/copy/strided_copy.h"
#include "runtime/ops/convert.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

Status run_one_hot(RunContext& run, int64_t axis_attribute) {
  const TensorView &indices = run.inputs[0], &values = run.inputs[2], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, y.shape.rank()));
  const int64_t depth = y.shape[axis], after = y.shape.count(axis + 1, y.shape.rank());
  if (values.count() != 2 || indices.count() * depth != y.count()) {
    return invalid_data("OneHot does not give the output's shape " + y.shape.to_string());
  }
  std::vector<int64_t> index(static_cast<size_t>(indices.count()));
  convert(indices.dtype, indices.data, DType::kInt64, index.data(), indices.count());

  const size_t size = size_of(y.dtype);
  const auto* off = static_cast<const std::byte*>(values.data);
  auto* to = static_cast<std::byte*>(y.data);
  strided_copy(off, to, {{y.count(), 0}}, size);
  for (size_t i = 0; i < index.size(); ++i) {
    if (index[i] < -depth || index[i] >= depth) continue;
    const int64_t hot = index[i] < 0 ? index[i] + depth : index[i];
    const auto before = static_cast<int64_t>(i) / after, rest = static_cast<int64_t>(i) % after;
    std::memcpy(to + static_cast<size_t>((before * depth + hot) * after + rest) * size, off + size,
                size);
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_one_hot(const PrepareContext& context) {
  const DType indices = context.input(0).dtype, values = context.input(2).dtype;
  if (!convert(indices, nullptr, DType::kInt64, nullptr, 0)) {
    return unsupported_dtype(context, indices);
  }
  if (size_of(values) == 0) return unsupported_dtype(context, values);
  const int64_t axis = context.node().attrs.get_int("axis", -1);
  return RunFn([axis](RunContext& run) { return run_one_hot(run, axis); });
}

}  // namespace octavo
