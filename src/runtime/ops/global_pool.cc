#include <algorithm>

#include "runtime/op.h"
#include "runtime/ops/pool_windows.h"
#include "runtime/ops/qlinear_max_pool.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

// The whole image is the window, whatever the number of its dimensions: (N, C, P) or (N, P, C).
struct GlobalPool {
  void (*pool)(const F32Pool&);
  bool channels_last;
};

Status run(const GlobalPool& op, RunContext& context) {
  const Shape& shape = context.inputs[0].shape;
  const int64_t channels = shape[op.channels_last ? shape.rank() - 1 : 1];
  const int64_t floats = shape.count(1, shape.rank());
  const int64_t pixels = floats / std::max<int64_t>(1, channels);
  const bool copy = !op.channels_last && channels > 1 && pixels > 1;
  ScratchParts parts;
  const uint64_t rows_at = parts.add(static_cast<uint64_t>(pixels) * sizeof(float*));
  const uint64_t copy_at = parts.add(copy ? static_cast<uint64_t>(floats) * sizeof(float) : 0);
  std::byte* scratch = parts.allocate(context);
  if (!scratch) return no_memory_to_run();
  const auto** rows = reinterpret_cast<const float**>(scratch + rows_at);
  float* image = reinterpret_cast<float*>(scratch + copy_at);
  const float* x = static_cast<const float*>(context.inputs[0].data);
  float* y = static_cast<float*>(context.outputs[0].data);
  for (int64_t n = 0; n < shape[0]; ++n, x += floats, y += channels) {
    if (copy) transpose(x, image, 1, channels, pixels);
    for (int64_t p = 0; p < pixels; ++p) rows[p] = (copy ? image : x) + p * channels;
    op.pool({static_cast<size_t>(pixels), static_cast<size_t>(channels), rows,
             static_cast<float>(pixels), y});
  }
  return {};
}

Result<RunFn> prepare(const PrepareContext& context, void (*pool)(const F32Pool&)) {
  const Value& x = context.input(0);
  if (x.dtype != DType::kFloat32) return unsupported_dtype(context, x.dtype);
  const GlobalPool op{pool, x.channels_last};
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace

Result<RunFn> prepare_global_average_pool(const PrepareContext& context) {
  return prepare(context, f32_pool_kernel(context.isa()).mean);
}

Result<RunFn> prepare_global_max_pool(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype == DType::kUint8 || dtype == DType::kInt8) return prepare_qlinear_max_pool(context);
  return prepare(context, f32_pool_kernel(context.isa()).max);
}

}  // namespace octavo
