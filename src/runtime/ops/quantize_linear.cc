// QuantizeLinear and DequantizeLinear, per tensor, per axis and in blocks. Scale and zero point may
// be computed by the graph, so they are read on every run.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "base/rounding.h"
#include "kernels/qconvert/qconvert.h"
#include "runtime/ops/quant_support.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

using QuantizedTypes = TypeList<uint8_t, int8_t, uint16_t, int16_t>;
using DequantizedTypes = TypeList<uint8_t, int8_t, uint16_t, int16_t, int32_t>;

// n elements that share one scale and zero point.
using QuantizeFn = void (*)(const QConvertKernel&, size_t n, const float* x, float scale,
                            const void* zero_point, size_t at, void* y);
using DequantizeFn = void (*)(const QConvertKernel&, size_t n, const void* x, float scale,
                              const void* zero_point, size_t at, float* y);

const void* zero_point_of(const RunContext& context) {
  return context.has_input(2) ? context.inputs[2].data : nullptr;
}

template <typename T>
constexpr bool kIs8Bit = sizeof(T) == 1;

template <typename T>
int32_t zero_point_at(const void* zero_point, size_t at) {
  return zero_point ? static_cast<const T*>(zero_point)[at] : 0;
}

template <typename T>
void quantize(const QConvertKernel& kernel, size_t n, const float* x, float scale,
              const void* zero_point, size_t at, void* y) {
  const Requant out{zero_point_at<T>(zero_point, at), std::numeric_limits<T>::min(),
                    std::numeric_limits<T>::max()};
  if constexpr (kIs8Bit<T>) {
    kernel.quantize(n, x, scale, out, static_cast<uint8_t*>(y));
  } else {
    for (size_t i = 0; i < n; ++i) {
      static_cast<T*>(y)[i] =
          static_cast<T>(quantize_value(x[i], scale, out.zero_point, out.qmin, out.qmax));
    }
  }
}

// int32 - zero_point wraps where a file has both at opposite ends.
template <typename T>
void dequantize(const QConvertKernel& kernel, size_t n, const void* x, float scale,
                const void* zero_point, size_t at, float* y) {
  const int32_t zero = zero_point_at<T>(zero_point, at);
  if constexpr (kIs8Bit<T>) {
    kernel.dequantize(n, static_cast<const uint8_t*>(x), std::is_signed_v<T>, scale, zero, y);
  } else {
    for (size_t i = 0; i < n; ++i) {
      const uint32_t q = static_cast<uint32_t>(static_cast<const T*>(x)[i]);
      y[i] = scale * static_cast<float>(static_cast<int32_t>(q - static_cast<uint32_t>(zero)));
    }
  }
}

// Shapes that the file gives may not have been known to shape inference.
Status check_blocks(Shape x, int axis, int64_t block, const Shape& scale) {
  if (block > 0) x[axis] = blocks_in(x[axis], block);
  if (block > 0 && x == scale) return {};
  return invalid_data("scales of shape " + scale.to_string() + " do not fit blocks of " +
                      std::to_string(block));
}

// As for_each_scale. Before the axis everything is the same, behind it each element has its own
// scale.
template <typename Run>
void for_each_block(const Shape& x, int axis, int64_t block, Run run) {
  const auto outer = static_cast<size_t>(x.count(0, axis));
  const auto inner = static_cast<size_t>(x.count(axis + 1, x.rank()));
  const auto length = static_cast<size_t>(x[axis]);
  const auto step = static_cast<size_t>(std::min(block, std::max<int64_t>(x[axis], 1)));
  size_t scale = 0;
  for (size_t o = 0; o < outer; ++o) {
    for (size_t begin = 0; begin < length; begin += step, scale += inner) {
      const size_t first = (o * length + begin) * inner, lines = std::min(step, length - begin);
      if (inner == 1) {
        run(scale, first, lines);
        continue;
      }
      for (size_t i = 0; i < lines * inner; ++i) run(scale + i % inner, first + i, size_t{1});
    }
  }
}

// Runs of elements under one scale: `run(scale index, first element, elements)`.
template <typename Run>
Status for_each_scale(const RunContext& context, const Attributes& attrs, Run run) {
  const Shape& x = context.inputs[0].shape;
  const auto scales = static_cast<size_t>(context.inputs[1].count());
  if (context.has_input(2) && context.inputs[2].count() != context.inputs[1].count()) {
    return invalid_data("scale and zero point differ in size");
  }
  if (const int64_t block = attrs.get_int("block_size", 0); block != 0) {
    OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(attrs.get_int("axis", 1), x.rank()));
    OCTAVO_RETURN_IF_ERROR(check_blocks(x, axis, block, context.inputs[1].shape));
    for_each_block(x, axis, block, run);
    return {};
  }
  if (scales == 1) {
    run(size_t{0}, size_t{0}, static_cast<size_t>(x.count()));
    return {};
  }
  OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(attrs.get_int("axis", 1), x.rank()));
  if (x[axis] != context.inputs[1].count()) {
    return invalid_data("there are " + std::to_string(scales) + " scales for an axis of " +
                        std::to_string(x[axis]));
  }
  const auto outer = static_cast<size_t>(x.count(0, axis));
  const auto inner = static_cast<size_t>(x.count(axis + 1, x.rank()));
  for (size_t i = 0; i < outer * scales; ++i) run(i % scales, i * inner, inner);
  return {};
}

}  // namespace

Result<RunFn> prepare_quantize_linear(const PrepareContext& context) {
  if (context.input(0).dtype != DType::kFloat32) {
    return unsupported_dtype(context, context.input(0).dtype);
  }
  const DType dtype = context.output(0).dtype;
  const auto fn =
      pick<QuantizeFn>(dtype, QuantizedTypes{}, []<typename T>() { return quantize<T>; });
  if (!fn) return unsupported_dtype(context, dtype);
  const QConvertKernel& kernel = qconvert_kernel(context.isa());
  return RunFn([fn, &kernel, dtype, attrs = context.node().attrs](RunContext& run) {
    const auto* x = static_cast<const float*>(run.inputs[0].data);
    auto* y = static_cast<std::byte*>(run.outputs[0].data);
    return for_each_scale(run, attrs, [&](size_t at, size_t first, size_t n) {
      fn(kernel, n, x + first, run.inputs[1].values<float>()[at], zero_point_of(run), at,
         y + first * size_of(dtype));
    });
  });
}

Result<RunFn> prepare_dequantize_linear(const PrepareContext& context) {
  const DType dtype = stored_dtype(context.input(0).dtype);
  const auto fn =
      pick<DequantizeFn>(dtype, DequantizedTypes{}, []<typename T>() { return dequantize<T>; });
  if (!fn) return unsupported_dtype(context, dtype);
  const QConvertKernel& kernel = qconvert_kernel(context.isa());
  return RunFn([fn, &kernel, dtype, attrs = context.node().attrs](RunContext& run) {
    const auto* x = static_cast<const std::byte*>(run.inputs[0].data);
    auto* y = static_cast<float*>(run.outputs[0].data);
    return for_each_scale(run, attrs, [&](size_t at, size_t first, size_t n) {
      fn(kernel, n, x + first * size_of(dtype), run.inputs[1].values<float>()[at],
         zero_point_of(run), at, y + first);
    });
  });
}

}  // namespace octavo
