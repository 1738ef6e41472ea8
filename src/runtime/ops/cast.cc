#include "runtime/ops/convert.h"
#include "runtime/ops/support.h"

namespace octavo {

// The target dtype is that of the output: shape inference has read the attribute.
Result<RunFn> prepare_cast(const PrepareContext& context) {
  const DType from = context.input(0).dtype, to = context.output(0).dtype;
  if (!convert(from, nullptr, DType::kFloat32, nullptr, 0)) return unsupported_dtype(context, from);
  if (!convert(DType::kFloat32, nullptr, to, nullptr, 0)) return unsupported_dtype(context, to);
  return RunFn([from, to](RunContext& run) -> Status {
    convert(from, run.inputs[0].data, to, run.outputs[0].data, run.inputs[0].count());
    return {};
  });
}

}  // namespace octavo
