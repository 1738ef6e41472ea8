#include "runtime/op.h"
#include "runtime/ops/pool_windows.h"
#include "runtime/ops/qlinear_max_pool.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct MaxPool {
  Attributes attrs;
  bool channels_last;
  Isa isa;
};

Status run(const MaxPool& op, RunContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                          pool_geometry(op.attrs, context.inputs[0].shape, op.channels_last));
  OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
  const F32PoolKernel& kernel = f32_pool_kernel(op.isa);
  const auto channels = static_cast<size_t>(geometry.in_channels);
  const auto max = [&](size_t count, const float* const* rows, int64_t, int64_t, float* to) {
    kernel.max({count, channels, rows, 1.0f, to});
  };
  return run_channels_last<float>(context, geometry, op.channels_last, row_bytes(geometry),
                                  [&](const float* x, float* y, std::byte* scratch) {
                                    for_each_window(geometry, x, y,
                                                    reinterpret_cast<const float**>(scratch), max);
                                  });
}

}  // namespace

Result<RunFn> prepare_max_pool(const PrepareContext& context) {
  const Node& node = context.node();
  if (node.outputs.size() > 1 && node.outputs[1] != kNoValue) {
    return unsupported("MaxPool does not tell where the maxima were (its second output)");
  }
  const Value& x = context.input(0);
  if (x.dtype == DType::kUint8 || x.dtype == DType::kInt8) return prepare_qlinear_max_pool(context);
  if (x.dtype != DType::kFloat32) return unsupported_dtype(context, x.dtype);
  const MaxPool op{node.attrs, x.channels_last, context.isa()};
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace octavo
