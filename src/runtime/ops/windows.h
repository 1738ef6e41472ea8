// What convolutions and pools share: where the taps of a window lie, and running channels last
// whatever the layout of the values.
#pragma once

#include "graph/conv_geometry.h"
#include "kernels/gemm/f32_gemm.h"
#include "runtime/op.h"
#include "runtime/ops/layout.h"
#include "runtime/ops/op_memory.h"
#include "runtime/ops/parts.h"

namespace octavo {

// Where the window of output o begins: tap k reads input window_begin + k * dilation.
inline int64_t window_begin(const WindowAxis& axis, int64_t o) {
  return o * axis.stride - axis.pad_begin;
}

// The input under tap k of output o; -1 where that is padding.
inline int64_t tap(const WindowAxis& axis, int64_t o, int64_t k) {
  const int64_t i = window_begin(axis, o) + k * axis.dilation;
  return i < 0 || i >= axis.in ? -1 : i;
}

inline F32Clamp activation_of(const Attributes& attrs) {
  F32Clamp clamp;
  clamp.low = attrs.get_float("activation_min", clamp.low);
  clamp.high = attrs.get_float("activation_max", clamp.high);
  return clamp;
}

inline int64_t input_pixels(const ConvGeometry& geometry) {
  return geometry.h().in * geometry.w().in;
}
inline int64_t output_pixels(const ConvGeometry& geometry) {
  return geometry.h().out * geometry.w().out;
}

// kModelUnsupported for 3 spatial dimensions.
Status check_two_dimensional(const ConvGeometry& geometry);

// Calls work(x, y, scratch) with (N, H, W, C) data and `scratch_bytes` of scratch: in place where
// the values are channels last, or as good as (one channel or one pixel), else through copies.
template <typename X, typename Y = X, typename Work>
Status run_channels_last(RunContext& context, const ConvGeometry& geometry, bool channels_last,
                         uint64_t scratch_bytes, Work&& work) {
  const int64_t in = input_pixels(geometry), out = output_pixels(geometry);
  const bool copy_x = !channels_last && geometry.in_channels > 1 && in > 1;
  const bool copy_y = !channels_last && geometry.out_channels > 1 && out > 1;
  ScratchParts parts;
  const uint64_t own = parts.add(scratch_bytes);
  const uint64_t x_at = parts.add(copy_x ? context.inputs[0].bytes() : 0);
  const uint64_t y_at = parts.add(copy_y ? context.outputs[0].bytes() : 0);
  std::byte* scratch = parts.allocate(context);
  if (!scratch) return no_memory_to_run();
  const X* x = static_cast<const X*>(context.inputs[0].data);
  Y* y = static_cast<Y*>(context.outputs[0].data);
  Y* y_last = copy_y ? reinterpret_cast<Y*>(scratch + y_at) : y;
  if (copy_x) {
    X* x_last = reinterpret_cast<X*>(scratch + x_at);
    transpose(x, x_last, geometry.batch, geometry.in_channels, in);
    x = x_last;
  }
  work(x, y_last, scratch + own);
  if (copy_y) transpose(y_last, y, geometry.batch, out, geometry.out_channels);
  return {};
}

// Some lines of a convolution's output, which are a convolution of their own over a part of the
// input.
struct ConvPart {
  ConvGeometry geometry;
  int64_t x_line, y_line;  // where its input and output begin
};

// At most `most` parts, of one picture and of enough work to be worth a thread each (parts.h);
// `mac` is the work of a multiply-add.
std::vector<ConvPart> split_by_lines(const ConvGeometry& geometry, int most, double mac = 1);

// run(geometry, x, y, scratch) with (N, H, W, C) data and `scratch_bytes` for each of its calls,
// which several threads share.
template <typename X, typename Y = X, typename Run>
Status run_conv(RunContext& context, const ConvGeometry& geometry, bool channels_last,
                uint64_t scratch_bytes, Run&& run) {
  const double mac = sizeof(X) > 1 || geometry.in_per_group() == 1 ? kFloatMac : 1;
  const std::vector<ConvPart> parts = split_by_lines(geometry, context.threads(), mac);
  const uint64_t part_bytes = align_up(scratch_bytes);
  const auto run_parts = [&](const X* x, Y* y, std::byte* scratch) {
    context.parallel(static_cast<int>(parts.size()), [&](int i) {
      const ConvPart& part = parts[static_cast<size_t>(i)];
      run(part.geometry, x + part.x_line * geometry.w().in * geometry.in_channels,
          y + part.y_line * geometry.w().out * geometry.out_channels,
          scratch + static_cast<size_t>(i) * part_bytes);
    });
  };
  return run_channels_last<X, Y>(context, geometry, channels_last, parts.size() * part_bytes,
                                 run_parts);
}

}  // namespace octavo
