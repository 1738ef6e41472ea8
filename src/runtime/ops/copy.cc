// Operators whose output holds the input's elements in the same order: Identity, Reshape, Flatten,
// Squeeze, Unsqueeze and, when not training, Dropout.
#include <cstring>

#include "runtime/ops/support.h"

namespace octavo {
namespace {

Status copy_elements(RunContext& run) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  if (x.count() != y.count()) {
    return invalid_data(x.shape.to_string() + " does not have the elements of " +
                        y.shape.to_string());
  }
  if (y.data) std::memcpy(y.data, x.data, x.bytes());
  return {};
}

}  // namespace

Result<RunFn> prepare_copy(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (size_of(dtype) == 0) return unsupported_dtype(context, dtype);
  return RunFn(copy_elements);
}

Result<RunFn> prepare_dropout(const PrepareContext& context) {
  if (context.has_input(2)) {
    OCTAVO_ASSIGN_OR_RETURN(const Tensor* training, context.constant(2));
    const std::vector<int64_t> value = training ? training->integers() : std::vector<int64_t>{1};
    if (!value.empty() && value[0] != 0) {
      return unsupported("Dropout in training mode; export the model for inference");
    }
  }
  return RunFn([](RunContext& run) -> Status {
    OCTAVO_RETURN_IF_ERROR(copy_elements(run));
    if (run.outputs.size() > 1 && run.outputs[1].data) {  // the mask: everything is kept
      std::memset(run.outputs[1].data, 1, run.outputs[1].bytes());
    }
    return {};
  });
}

}  // namespace octavo
