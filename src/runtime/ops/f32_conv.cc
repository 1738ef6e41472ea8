#include "runtime/ops/f32_conv.h"

#include <algorithm>

#include "kernels/copy/copy_bytes.h"
#include "kernels/dwconv/f32_dwconv.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

// Gathered at a time: what stays in L2 while panels pass by, but enough of them to be worth the
// passage of weights that come from farther away. Tiles have 4 or 6 rows.
constexpr size_t kPatchFloats = 24 << 10, kLeastPatches = 72, kTileRows = 12;

size_t taps_of(const ConvGeometry& geometry) {
  return static_cast<size_t>(geometry.h().kernel * geometry.w().kernel);
}

size_t depth_of(const ConvGeometry& geometry) {
  return taps_of(geometry) * static_cast<size_t>(geometry.in_per_group());
}

size_t patches_at_a_time(const ConvGeometry& geometry) {
  const size_t fitting = kPatchFloats / depth_of(geometry) / kTileRows * kTileRows;
  const auto all = static_cast<size_t>(output_pixels(geometry));
  return std::min(std::max(fitting, kLeastPatches), std::max<size_t>(all, 1));
}

size_t floats_bytes(int64_t count) { return static_cast<size_t>(count) * sizeof(float); }

// One row of taps: kw pixels of `channels` floats, to `to`.
void gather_row(const ConvGeometry& geometry, const float* row, int64_t ow, float* to) {
  const WindowAxis w = geometry.w();
  const int64_t channels = geometry.in_per_group();
  for (int64_t kw = 0; kw < w.kernel; ++kw, to += channels) {
    const int64_t iw = row ? tap(w, ow, kw) : -1;
    if (iw < 0) {
      std::fill_n(to, channels, 0.0f);
    } else {
      copy_bytes(row + iw * geometry.in_channels, to, floats_bytes(channels));
    }
  }
}

// Where the taps of a row lie side by side they are copied at once.
bool inner_row(const ConvGeometry& geometry, int64_t ow) {
  const WindowAxis w = geometry.w();
  const int64_t first = window_begin(w, ow);
  return geometry.groups == 1 && w.dilation == 1 && first >= 0 && first + w.kernel <= w.in;
}

// The inputs under the windows of output pixels (oh, ow), (oh, ow + 1), ..., each (kh, kw, ic); x
// is at the group's first channel.
void gather_line(const ConvGeometry& geometry, const float* x, int64_t oh, int64_t ow,
                 int64_t count, float* patches) {
  const WindowAxis h = geometry.h(), w = geometry.w();
  const int64_t row_floats = w.kernel * geometry.in_per_group();
  const int64_t patch_floats = h.kernel * row_floats;
  for (int64_t kh = 0; kh < h.kernel; ++kh, patches += row_floats) {
    const int64_t ih = tap(h, oh, kh);
    const float* row = ih < 0 ? nullptr : x + ih * w.in * geometry.in_channels;
    float* to = patches;
    for (int64_t p = ow; p < ow + count; ++p, to += patch_floats) {
      if (row && inner_row(geometry, p)) {
        copy_bytes(row + window_begin(w, p) * geometry.in_channels, to, floats_bytes(row_floats));
      } else {
        gather_row(geometry, row, p, to);
      }
    }
  }
}

// The same for output pixels first, first + 1, ... of all rows.
void gather_patches(const ConvGeometry& geometry, const float* x, int64_t first, int64_t count,
                    float* to) {
  const int64_t width = geometry.w().out;
  while (count > 0) {
    const int64_t ow = first % width, here = std::min(count, width - ow);
    gather_line(geometry, x, first / width, ow, here, to);
    first += here;
    count -= here;
    to += static_cast<size_t>(here) * depth_of(geometry);
  }
}

// Depthwise: zeros for the padding, then pointers to the taps of some output pixels of a row.
size_t zeros_bytes(const ConvGeometry& geometry) {
  return static_cast<size_t>(align_up(floats_bytes(geometry.in_channels)));
}

size_t pixels_at_a_time(const ConvGeometry& geometry) {
  return static_cast<size_t>(std::min<int64_t>(geometry.w().out, 128));
}

// The input pixels under each tap of the windows of output pixels (oh, ow), (oh, ow + 1), ...
void point_at_taps(const ConvGeometry& geometry, const float* x, const float* zeros, int64_t oh,
                   int64_t first, int64_t count, const float** rows) {
  const WindowAxis h = geometry.h(), w = geometry.w();
  for (int64_t ow = first; ow < first + count; ++ow) {
    for (int64_t kh = 0; kh < h.kernel; ++kh) {
      const int64_t ih = tap(h, oh, kh);
      for (int64_t kw = 0; kw < w.kernel; ++kw) {
        const int64_t iw = tap(w, ow, kw);
        *rows++ = ih < 0 || iw < 0 ? zeros : x + (ih * w.in + iw) * geometry.in_channels;
      }
    }
  }
}

}  // namespace

Result<F32Conv> F32Conv::pack(const ConvGeometry& geometry, const float* w, const float* bias,
                              F32Clamp clamp, Isa isa) {
  const bool depthwise = geometry.depthwise() && geometry.out_channels == geometry.in_channels;
  F32Conv conv(depthwise, clamp, isa);
  OCTAVO_RETURN_IF_ERROR(depthwise ? conv.pack_depthwise(geometry, w, bias)
                                   : conv.pack_groups(geometry, w, bias));
  return conv;
}

Status F32Conv::pack_depthwise(const ConvGeometry& geometry, const float* w, const float* bias) {
  const auto channels = static_cast<size_t>(geometry.in_channels);
  const size_t taps = taps_of(geometry);
  OCTAVO_ASSIGN_OR_RETURN(packed_, PackedFloats::allocate((taps + 1) * channels));
  std::fill_n(packed_.data(), channels, 0.0f);
  if (bias) std::copy_n(bias, channels, packed_.data());
  transpose(w, packed_.data() + channels, 1, geometry.in_channels, static_cast<int64_t>(taps));
  return {};
}

Status F32Conv::pack_groups(const ConvGeometry& geometry, const float* w, const float* bias) {
  const size_t taps = taps_of(geometry), depth = depth_of(geometry);
  std::vector<size_t> offsets;  // (kh, kw, ic) -> place in (ic, kh, kw)
  for (size_t t = 0; t < taps; ++t) {
    for (size_t c = 0; c < depth / taps; ++c) offsets.push_back(c * taps + t);
  }
  const auto columns = static_cast<size_t>(geometry.out_per_group());
  const uint64_t group_floats = f32_packed_floats(depth, columns);
  OCTAVO_ASSIGN_OR_RETURN(
      packed_, PackedFloats::allocate(static_cast<uint64_t>(geometry.groups) * group_floats));
  for (size_t g = 0; g < static_cast<size_t>(geometry.groups); ++g) {
    F32GemmWeights weights;
    weights.b = w + g * columns * depth;
    weights.depth = depth;
    weights.columns = columns;
    weights.n_stride = depth;
    weights.k_offsets = offsets;
    weights.bias = bias ? bias + g * columns : nullptr;
    pack_f32_gemm(weights, packed_.data() + g * group_floats);
  }
  return {};
}

uint64_t F32Conv::scratch_bytes(const ConvGeometry& geometry) const {
  if (depthwise_) {
    return zeros_bytes(geometry) + pixels_at_a_time(geometry) * taps_of(geometry) * sizeof(float*);
  }
  if (geometry.pointwise()) return 0;
  return uint64_t{patches_at_a_time(geometry)} * depth_of(geometry) * sizeof(float);
}

void F32Conv::run(const ConvGeometry& geometry, const float* x, float* y,
                  std::byte* scratch) const {
  if (depthwise_) {
    run_depthwise(geometry, x, y, scratch);
  } else if (geometry.pointwise()) {
    run_pointwise(geometry, x, y);
  } else {
    run_gathered(geometry, x, y, reinterpret_cast<float*>(scratch));
  }
}

void F32Conv::run_depthwise(const ConvGeometry& geometry, const float* x, float* y,
                            std::byte* scratch) const {
  const auto channels = static_cast<size_t>(geometry.in_channels);
  float* zeros = reinterpret_cast<float*>(scratch);
  auto** rows = reinterpret_cast<const float**>(scratch + zeros_bytes(geometry));
  std::fill_n(zeros, channels, 0.0f);
  F32DwConv dwconv;
  dwconv.taps = taps_of(geometry);
  dwconv.channels = channels;
  dwconv.rows = rows;
  dwconv.bias = packed_.data();
  dwconv.w = packed_.data() + channels;
  dwconv.clamp = clamp_;
  dwconv.out = y;
  const F32DwConvKernel& kernel = f32_dwconv_kernel(isa_);
  const int64_t width = geometry.w().out, block = static_cast<int64_t>(pixels_at_a_time(geometry));
  for (int64_t n = 0; n < geometry.batch; ++n, x += input_pixels(geometry) * geometry.in_channels) {
    for (int64_t oh = 0; oh < geometry.h().out; ++oh) {
      for (int64_t ow = 0; ow < width; ow += block) {
        const int64_t count = std::min(block, width - ow);
        point_at_taps(geometry, x, zeros, oh, ow, count, rows);
        dwconv.pixels = static_cast<size_t>(count);
        kernel.run(dwconv);
        dwconv.out += dwconv.pixels * channels;
      }
    }
  }
}

F32Gemm F32Conv::gemm_of_group(const ConvGeometry& geometry, int64_t group) const {
  F32Gemm gemm;
  gemm.columns = static_cast<size_t>(geometry.out_per_group());
  gemm.depth = depth_of(geometry);
  gemm.panels =
      packed_.data() + static_cast<size_t>(group) * f32_packed_floats(gemm.depth, gemm.columns);
  gemm.c_stride = static_cast<size_t>(geometry.out_channels);
  gemm.clamp = clamp_;
  return gemm;
}

void F32Conv::run_pointwise(const ConvGeometry& geometry, const float* x, float* y) const {
  for (int64_t g = 0; g < geometry.groups; ++g) {
    F32Gemm gemm = gemm_of_group(geometry, g);
    gemm.rows = static_cast<size_t>(geometry.batch * output_pixels(geometry));
    gemm.a = x + g * geometry.in_per_group();
    gemm.a_stride = static_cast<size_t>(geometry.in_channels);
    gemm.c = y + g * geometry.out_per_group();
    f32_gemm_kernel(isa_).run(gemm);
  }
}

void F32Conv::run_gathered(const ConvGeometry& geometry, const float* x, float* y,
                           float* patches) const {
  const int64_t pixels = output_pixels(geometry);
  const auto block = static_cast<int64_t>(patches_at_a_time(geometry));
  for (int64_t n = 0; n < geometry.batch; ++n, x += input_pixels(geometry) * geometry.in_channels) {
    for (int64_t first = 0; first < pixels; first += block) {
      const int64_t count = std::min(block, pixels - first);
      for (int64_t g = 0; g < geometry.groups; ++g) {
        F32Gemm gemm = gemm_of_group(geometry, g);
        gather_patches(geometry, x + g * geometry.in_per_group(), first, count, patches);
        gemm.rows = static_cast<size_t>(count);
        gemm.a = patches;
        gemm.a_stride = gemm.depth;
        gemm.c = y + (n * pixels + first) * geometry.out_channels + g * geometry.out_per_group();
        f32_gemm_kernel(isa_).run(gemm);
      }
    }
  }
}

}  // namespace octavo
