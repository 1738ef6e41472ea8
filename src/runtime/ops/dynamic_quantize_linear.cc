// DynamicQuantizeLinear: y, its scale and its zero point from the range of x in this very run.
#include "kernels/qconvert/qconvert.h"
#include "runtime/ops/support.h"

namespace octavo {

Result<RunFn> prepare_dynamic_quantize_linear(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  const QConvertKernel& kernel = qconvert_kernel(context.isa());
  return RunFn([&kernel](RunContext& run) -> Status {
    const auto* x = static_cast<const float*>(run.inputs[0].data);
    const auto count = static_cast<size_t>(run.inputs[0].count());
    const DynamicScale found = dynamic_scale(kernel.range(count, x));
    const auto output = [&run](size_t i) {
      return i < run.outputs.size() ? run.outputs[i].data : nullptr;
    };
    if (void* y = output(0)) {
      kernel.quantize(count, x, found.scale, {found.zero_point, 0, 255}, static_cast<uint8_t*>(y));
    }
    if (void* scale = output(1)) *static_cast<float*>(scale) = found.scale;
    if (void* zero_point = output(2)) *static_cast<uint8_t*>(zero_point) = found.zero_point;
    return {};
  });
}

}  // namespace octavo
