// Max, Min, Sum and Mean of any number of broadcast operands: y = x0, then y = f(y, xi) in order.
#include "kernels/copy/strided_copy.h"
#include "kernels/elementwise/binary_functions.h"
#include "runtime/ops/binary.h"

namespace octavo {
namespace {

BinaryRow find_row(Op op, DType dtype) {
  switch (op) {
    case Op::kMax:
      return binary_row_of<MaxElements, NumericTypes>(dtype);
    case Op::kMin:
      return binary_row_of<MinElements, NumericTypes>(dtype);
    default:
      return binary_row_of<AddElements, NumericTypes>(dtype);
  }
}

Status expand(const TensorView& x, const TensorView& y) {
  OCTAVO_ASSIGN_OR_RETURN(const auto broadcast, broadcast_dims(y.shape, {&x.shape}));
  std::vector<CopyDim> dims;
  for (const BroadcastDim& dim : broadcast) dims.push_back({dim.extent, dim.strides[0]});
  strided_copy(x.data, y.data, std::move(dims), size_of(x.dtype));
  return {};
}

Status run(BinaryRow row, bool mean, RunContext& context) {
  const TensorView& y = context.outputs[0];
  OCTAVO_RETURN_IF_ERROR(expand(context.inputs[0], y));
  for (const TensorView& x : context.inputs.subspan(1)) {
    OCTAVO_RETURN_IF_ERROR(run_binary(row, y, x, y));
  }
  if (!mean) return {};
  const auto operands = static_cast<float>(context.inputs.size());
  for (float& value : y.values<float>()) value /= operands;
  return {};
}

}  // namespace

Result<RunFn> prepare_variadic(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  const bool mean = context.node().op == Op::kMean;
  const BinaryRow row = find_row(context.node().op, dtype);
  if (!row || (mean && dtype != DType::kFloat32)) return unsupported_dtype(context, dtype);
  for (size_t i = 1; i < context.node().inputs.size(); ++i) {
    if (context.input(i).dtype != dtype) return unsupported_dtype(context, context.input(i).dtype);
  }
  return RunFn([row, mean](RunContext& run_context) { return run(row, mean, run_context); });
}

}  // namespace octavo
