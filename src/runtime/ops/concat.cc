// Concat and Split along an axis: blocks of contiguous elements, one per index of the dimensions
// before the axis.
#include "kernels/copy/copy_bytes.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// How a tensor is cut at an axis: blocks before it, bytes of one block.
struct Blocks {
  int64_t count;
  size_t bytes;
};

Blocks blocks_of(const TensorView& view, int axis) {
  return {view.shape.count(0, axis),
          static_cast<size_t>(view.shape.count(axis, view.shape.rank())) * size_of(view.dtype)};
}

// Rows of `bytes` from one place to another, each side with its own distance between rows.
void copy_rows(const std::byte* from, size_t from_step, std::byte* to, size_t to_step, size_t bytes,
               int64_t rows) {
  for (int64_t row = 0; row < rows && bytes != 0; ++row) {
    copy_bytes(from, to, bytes);
    from += from_step;
    to += to_step;
  }
}

Status mismatch() { return invalid_data("the pieces do not add up to the whole"); }

Status run_concat(RunContext& run, int64_t axis_attribute) {
  const TensorView& y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, y.shape.rank()));
  const Blocks whole = blocks_of(y, axis);
  size_t at = 0;
  for (const TensorView& x : run.inputs) {
    if (x.count() == 0) continue;
    if (x.shape.rank() != y.shape.rank() || x.dtype != y.dtype) return mismatch();
    const Blocks part = blocks_of(x, axis);
    if (part.count != whole.count || part.bytes > whole.bytes - at) return mismatch();
    copy_rows(static_cast<const std::byte*>(x.data), part.bytes,
              static_cast<std::byte*>(y.data) + at, whole.bytes, part.bytes, part.count);
    at += part.bytes;
  }
  return at == whole.bytes || y.count() == 0 ? ok_status() : mismatch();
}

Status run_split(RunContext& run, int64_t axis_attribute) {
  const TensorView& x = run.inputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(axis_attribute, x.shape.rank()));
  const Blocks whole = blocks_of(x, axis);
  size_t at = 0;
  for (const TensorView& y : run.outputs) {
    if (y.count() == 0) continue;
    if (y.shape.rank() != x.shape.rank()) return mismatch();
    const Blocks part = blocks_of(y, axis);
    if (part.count != whole.count || part.bytes > whole.bytes - at) return mismatch();
    copy_rows(static_cast<const std::byte*>(x.data) + at, whole.bytes,
              static_cast<std::byte*>(y.data), part.bytes, part.bytes, part.count);
    at += part.bytes;
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_concat(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  const int64_t axis = context.node().attrs.get_int("axis", 0);
  return RunFn([axis](RunContext& run) { return run_concat(run, axis); });
}

Result<RunFn> prepare_split(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  for (const ValueId output : context.node().outputs) {
    if (output == kNoValue) return unsupported("Split with an output left out");
  }
  const int64_t axis = context.node().attrs.get_int("axis", 0);
  return RunFn([axis](RunContext& run) { return run_split(run, axis); });
}

}  // namespace octavo
