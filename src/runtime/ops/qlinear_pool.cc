// Pooling of 8-bit values: averages with a scale of their own, and the maximum, which keeps its
// input's.
#include <algorithm>
#include <cstring>

#include "kernels/qpool/qpool.h"
#include "runtime/ops/pool_windows.h"
#include "runtime/ops/qlinear_max_pool.h"
#include "runtime/ops/quant_support.h"

namespace octavo {
namespace {

// How many taps of window o padding counts for: those within in + pads, as ceil_mode may reach
// further.
int64_t padded_taps(const WindowAxis& axis, int64_t o) {
  const int64_t room = axis.in + axis.pad_end - window_begin(axis, o);
  return std::min(axis.kernel, (room + axis.dilation - 1) / axis.dilation);
}

// A global pool is one window over everything, whatever the number of dimensions.
ConvGeometry global_geometry(const Shape& x, bool channels_last) {
  const int first = channels_last ? 1 : 2;
  ConvGeometry geometry;
  geometry.batch = x[0];
  geometry.in_channels = geometry.out_channels = x[channels_last ? x.rank() - 1 : 1];
  WindowAxis axis;
  axis.in = axis.kernel = x.count(first, first + x.rank() - 2);
  geometry.axes.push_back(axis);
  return geometry;
}

using PoolFn = void (*)(const struct QPool& pool, const ConvGeometry& geometry, const uint8_t* x,
                        const uint8_t** taps, uint8_t* y);

struct QPool {
  PoolFn fn;
  const QPoolKernel& kernel;
  Attributes attrs;
  bool global, channels_last, x_signed;
  QuantParams x, y;  // of averages

  Result<ConvGeometry> geometry_of(const Shape& shape) const {
    if (global) return global_geometry(shape, channels_last);
    return pool_geometry(attrs, shape, channels_last);
  }

  Status operator()(RunContext& context) const {
    OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry, geometry_of(context.inputs[0].shape));
    OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
    const uint64_t pointers = row_bytes(geometry);
    if (pointers == 0 || pointers / sizeof(const uint8_t*) > kQPoolMaxTaps) {
      return {ErrorCode::kModelUnsupported, "a pooling window of " +
                                                std::to_string(pointers / sizeof(const uint8_t*)) +
                                                " pixels; use inputs of another size"};
    }
    return run_channels_last<uint8_t>(context, geometry, channels_last, pointers,
                                      [&](const uint8_t* from, uint8_t* to, std::byte* scratch) {
                                        fn(*this, geometry, from,
                                           reinterpret_cast<const uint8_t**>(scratch), to);
                                      });
  }
};

void pool_average(const QPool& pool, const ConvGeometry& geometry, const uint8_t* x,
                  const uint8_t** taps, uint8_t* y) {
  const auto channels = static_cast<size_t>(geometry.in_channels);
  const bool include_pad = pool.attrs.get_int("count_include_pad", 0) != 0;
  const Requant out = requant_of(pool.y);
  const auto average = [&](size_t count, const uint8_t* const* rows, int64_t oy, int64_t ox,
                           uint8_t* to) {
    const int64_t divisor = include_pad
                                ? padded_taps(geometry.h(), oy) * padded_taps(geometry.w(), ox)
                                : static_cast<int64_t>(count);
    const float multiplier =  // a dilated window may jump over the whole input: 0 over 1
        pool.x.scale[0] / (pool.y.scale[0] * static_cast<float>(count == 0 ? 1 : divisor));
    const int32_t bias = -static_cast<int32_t>(count) * pool.x.zero_point[0];
    pool.kernel.average({count, channels, rows, pool.x_signed}, bias, multiplier, out, to);
  };
  for_each_window(geometry, x, y, taps, average);
}

void pool_maximum(const QPool& pool, const ConvGeometry& geometry, const uint8_t* x,
                  const uint8_t** taps, uint8_t* y) {
  const auto channels = static_cast<size_t>(geometry.in_channels);
  const auto maximum = [&](size_t count, const uint8_t* const* rows, int64_t, int64_t,
                           uint8_t* to) {
    if (count == 0) {  // all padding: the lowest number there is
      std::memset(to, pool.x_signed ? 0x80 : 0, channels);
    } else {
      pool.kernel.maximum({count, channels, rows, pool.x_signed}, to);
    }
  };
  for_each_window(geometry, x, y, taps, maximum);
}

Result<RunFn> prepare_average(const PrepareContext& context, bool global) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams x, per_tensor_quant(context.input(0)));
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams y, per_tensor_quant(context.output(0)));
  return RunFn(QPool{pool_average, qpool_kernel(context.isa()), context.node().attrs, global,
                     context.input(0).channels_last, is_signed(x), x, y});
}

}  // namespace

Result<RunFn> prepare_qlinear_average_pool(const PrepareContext& context) {
  return prepare_average(context, false);
}

Result<RunFn> prepare_qlinear_global_average_pool(const PrepareContext& context) {
  return prepare_average(context, true);
}

Result<RunFn> prepare_qlinear_max_pool(const PrepareContext& context) {
  return RunFn(QPool{pool_maximum,
                     qpool_kernel(context.isa()),
                     context.node().attrs,
                     context.node().op == Op::kGlobalMaxPool,
                     context.input(0).channels_last,
                     context.input(0).dtype == DType::kInt8,
                     {},
                     {}});
}

}  // namespace octavo
