#include <algorithm>

#include "runtime/op.h"
#include "runtime/ops/pool_windows.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct AveragePool {
  Attributes attrs;
  bool channels_last;
  Isa isa;
};

// Taps of the window of output o that lie within the padded input: with ceil_mode the last window
// may reach beyond, and what it finds there does not count.
int64_t taps_within_padding(const WindowAxis& axis, int64_t o) {
  const int64_t room = axis.in + axis.pad_end - window_begin(axis, o);
  return std::min(axis.kernel, (room + axis.dilation - 1) / axis.dilation);
}

Status run(const AveragePool& op, RunContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                          pool_geometry(op.attrs, context.inputs[0].shape, op.channels_last));
  OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
  const bool include_pad = op.attrs.get_int("count_include_pad", 0) != 0;
  const F32PoolKernel& kernel = f32_pool_kernel(op.isa);
  const WindowAxis h = geometry.h(), w = geometry.w();
  F32Pool pool;
  pool.channels = static_cast<size_t>(geometry.in_channels);
  const auto average = [&](size_t count, const float* const* rows, int64_t oh, int64_t ow,
                           float* to) {
    const int64_t padded = taps_within_padding(h, oh) * taps_within_padding(w, ow);
    pool.rows_count = count;
    pool.rows = rows;
    pool.divisor = static_cast<float>(include_pad ? padded : static_cast<int64_t>(count));
    if (count == 0) pool.divisor = 1.0f;  // a dilated window that jumps over the whole input: 0
    pool.out = to;
    kernel.mean(pool);
  };
  return run_channels_last<float>(
      context, geometry, op.channels_last, row_bytes(geometry),
      [&](const float* x, float* y, std::byte* scratch) {
        for_each_window(geometry, x, y, reinterpret_cast<const float**>(scratch), average);
      });
}

}  // namespace

Result<RunFn> prepare_average_pool(const PrepareContext& context) {
  const Value& x = context.input(0);
  if (x.dtype != DType::kFloat32) return unsupported_dtype(context, x.dtype);
  const AveragePool op{context.node().attrs, x.channels_last, context.isa()};
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace octavo
