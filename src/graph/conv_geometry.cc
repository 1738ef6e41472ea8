#include "graph/conv_geometry.h"

#include <algorithm>

namespace octavo {
namespace {

constexpr int64_t kMaxChannels = int64_t{1} << 30;  // a product of two does not overflow

Status contradiction(const std::string& message) { return {ErrorCode::kModelUnreadable, message}; }

std::string text(int64_t number) { return std::to_string(number); }

// Batch, channels and spatial dimensions of an input.
struct InputDims {
  int64_t batch = 0;
  int64_t channels = 0;
  std::vector<int64_t> spatial;
};

Result<InputDims> input_dims(const Shape& x, bool channels_last) {
  if (x.rank() < 3 || x.rank() > 5) {
    return contradiction("the input has shape " + x.to_string() +
                         ", but batch, channels and 1 to 3 spatial dimensions are needed");
  }
  const auto& dims = x.dims();
  const auto first = dims.begin() + (channels_last ? 1 : 2);
  return InputDims{dims.front(), channels_last ? dims.back() : dims[1],
                   std::vector<int64_t>(first, first + (x.rank() - 2))};
}

Status check_weights(const Attributes& attrs, const InputDims& in, const Shape& w) {
  const auto rank = static_cast<int>(in.spatial.size()) + 2;
  if (w.rank() != rank || !w.is_static()) {
    return contradiction("the weights have shape " + w.to_string() + ", but " + text(rank) +
                         " known dimensions are needed");
  }
  const std::vector<int64_t> kernel(w.dims().begin() + 2, w.dims().end());
  const auto told = attrs.get_ints("kernel_shape", kernel);
  if (told == kernel) return {};
  return contradiction("attribute kernel_shape " + Shape(told).to_string() +
                       " contradicts weights of shape " + w.to_string());
}

// Channels a group on both sides, as the weights tell them.
Status set_channels(ConvGeometry& geometry, int64_t in_channels, int64_t in_per_group,
                    int64_t out_per_group) {
  const int64_t groups = geometry.groups;
  if (groups < 1 || groups > kMaxChannels || in_per_group < 1 || in_per_group > kMaxChannels ||
      out_per_group < 1 || out_per_group > kMaxChannels) {
    return contradiction("group " + text(groups) + " does not fit the weights");
  }
  geometry.in_channels = in_per_group * groups;
  geometry.out_channels = out_per_group * groups;
  if (in_channels == kDynamic || in_channels == geometry.in_channels) return {};
  return contradiction("the input has " + text(in_channels) + " channels, but the weights want " +
                       text(geometry.in_channels));
}

// Weights are [out, in / groups, kernel...]; those of a transposed one [in, out / groups,
// kernel...].
Result<ConvGeometry> geometry_of(WindowKind kind, const Attributes& attrs, const Shape& x,
                                 const Shape& w, bool channels_last) {
  const bool transposed = kind == WindowKind::kConvTranspose;
  OCTAVO_ASSIGN_OR_RETURN(const InputDims in, input_dims(x, channels_last));
  OCTAVO_RETURN_IF_ERROR(check_weights(attrs, in, w));
  ConvGeometry geometry;
  geometry.batch = in.batch;
  geometry.groups = attrs.get_int("group", 1);
  if (geometry.groups < 1 || w[0] % geometry.groups != 0) {
    return contradiction("group " + text(geometry.groups) + " does not divide the " + text(w[0]) +
                         (transposed ? " input" : " output") + " channels of the weights");
  }
  const int64_t first = w[0] / geometry.groups, second = w[1];
  OCTAVO_RETURN_IF_ERROR(set_channels(geometry, in.channels, transposed ? first : second,
                                      transposed ? second : first));
  const std::vector<int64_t> kernel(w.dims().begin() + 2, w.dims().end());
  OCTAVO_ASSIGN_OR_RETURN(geometry.axes, resolve_axes(attrs, kind, in.spatial, kernel));
  return geometry;
}

}  // namespace

bool ConvGeometry::pointwise() const {
  return std::all_of(axes.begin(), axes.end(),
                     [](const WindowAxis& axis) { return axis.pointwise(); });
}

Shape ConvGeometry::output_shape(bool channels_last) const {
  std::vector<int64_t> dims = {batch};
  if (!channels_last) dims.push_back(out_channels);
  for (const WindowAxis& axis : axes) dims.push_back(axis.out);
  if (channels_last) dims.push_back(out_channels);
  return Shape(std::move(dims));
}

Result<ConvGeometry> conv_geometry(const Attributes& attrs, const Shape& x, const Shape& w,
                                   bool channels_last) {
  return geometry_of(WindowKind::kConv, attrs, x, w, channels_last);
}

Result<ConvGeometry> conv_transpose_geometry(const Attributes& attrs, const Shape& x,
                                             const Shape& w, bool channels_last) {
  return geometry_of(WindowKind::kConvTranspose, attrs, x, w, channels_last);
}

Result<ConvGeometry> pool_geometry(const Attributes& attrs, const Shape& x, bool channels_last) {
  OCTAVO_ASSIGN_OR_RETURN(const InputDims in, input_dims(x, channels_last));
  ConvGeometry geometry;
  geometry.batch = in.batch;
  geometry.in_channels = geometry.out_channels = in.channels;
  OCTAVO_ASSIGN_OR_RETURN(const auto kernel,
                          numbers_per_axis(attrs, "kernel_shape", in.spatial.size(), 0, 1));
  OCTAVO_ASSIGN_OR_RETURN(geometry.axes,
                          resolve_axes(attrs, WindowKind::kPool, in.spatial, kernel));
  return geometry;
}

}  // namespace octavo
