#include <algorithm>

#include "graph/conv_geometry.h"
#include "runtime/op.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

// Transposed convolution of (N, H, W, C) floats: outputs start with the bias, then inputs are taken
// in the order (ih, iw), and each adds x[ic] * w[ic][oc][kh][kw] under its window in the order (kh,
// kw, ic).
struct ConvTranspose {
  const ConvGeometry& geometry;
  const float* w;  // (C, M / groups, KH, KW)
  const float* bias;
  F32Clamp clamp;

  uint64_t scratch_bytes() const {  // the weights as (KH, KW, C, M / groups)
    return static_cast<uint64_t>(weights()) * sizeof(float);
  }

  void run(const float* x, float* y, float* packed) const {
    transpose(w, packed, 1, geometry.in_channels * geometry.out_per_group(), taps());
    const int64_t out = output_pixels(geometry) * geometry.out_channels;
    for (int64_t n = 0; n < geometry.batch; ++n, y += out) {
      start_with_bias(y);
      for (int64_t ih = 0; ih < geometry.h().in; ++ih) {
        for (int64_t iw = 0; iw < geometry.w().in; ++iw, x += geometry.in_channels) {
          add_pixel(x, ih, iw, packed, y);
        }
      }
      std::transform(y, y + out, y, [this](float v) { return clamped(v); });
    }
  }

 private:
  int64_t taps() const { return geometry.h().kernel * geometry.w().kernel; }
  int64_t weights() const { return geometry.in_channels * geometry.out_per_group() * taps(); }
  float clamped(float v) const {
    v = v < clamp.low ? clamp.low : v;
    return clamp.high < v ? clamp.high : v;
  }

  void start_with_bias(float* y) const {
    for (int64_t p = 0; p < output_pixels(geometry); ++p, y += geometry.out_channels) {
      for (int64_t c = 0; c < geometry.out_channels; ++c) y[c] = bias ? bias[c] : 0.0f;
    }
  }

  void add_pixel(const float* x, int64_t ih, int64_t iw, const float* packed, float* y) const {
    const WindowAxis h = geometry.h(), w_axis = geometry.w();
    for (int64_t kh = 0; kh < h.kernel; ++kh) {
      const int64_t oh = ih * h.stride + kh * h.dilation - h.pad_begin;
      for (int64_t kw = 0; kw < w_axis.kernel; ++kw) {
        const int64_t ow = iw * w_axis.stride + kw * w_axis.dilation - w_axis.pad_begin;
        if (oh >= 0 && oh < h.out && ow >= 0 && ow < w_axis.out) {
          add_tap(x, packed, y + (oh * w_axis.out + ow) * geometry.out_channels);
        }
        packed += geometry.in_channels * geometry.out_per_group();
      }
    }
  }

  void add_tap(const float* x, const float* w_tap, float* y) const {
    const int64_t out = geometry.out_per_group();
    for (int64_t ic = 0; ic < geometry.in_channels; ++ic, w_tap += out) {
      float* group = y + ic / geometry.in_per_group() * out;
      for (int64_t oc = 0; oc < out; ++oc) group[oc] += x[ic] * w_tap[oc];
    }
  }
};

}  // namespace

Result<RunFn> prepare_conv_transpose(const PrepareContext& context) {
  const Value& x = context.input(0);
  if (x.dtype != DType::kFloat32) return unsupported_dtype(context, x.dtype);
  return RunFn([attrs = context.node().attrs, last = x.channels_last](RunContext& run) -> Status {
    const TensorView& w = run.inputs[1];
    OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                            conv_transpose_geometry(attrs, run.inputs[0].shape, w.shape, last));
    OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
    const float* bias = run.has_input(2) ? run.inputs[2].values<float>().data() : nullptr;
    const ConvTranspose conv{geometry, w.values<float>().data(), bias, activation_of(attrs)};
    return run_channels_last<float>(run, geometry, last, conv.scratch_bytes(),
                                    [&](const float* from, float* to, std::byte* scratch) {
                                      conv.run(from, to, reinterpret_cast<float*>(scratch));
                                    });
  });
}

}  // namespace octavo
