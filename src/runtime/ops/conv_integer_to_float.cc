// clamp(conv(x - x_zero_point, w - w_zero_point) * scale + bias), w constant: see dynamic_scales.h.
// Scale and bias are one number, or one an output channel.
#include "kernels/elementwise/unary.h"
#include "runtime/ops/conv_lines.h"
#include "runtime/ops/conv_rows.h"
#include "runtime/ops/dynamic_scales.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

enum Input : size_t { kX, kW, kXZeroPoint, kWZeroPoint };

// One of two ways to convolve: as a matrix product, and depthwise.
class Method {
 public:
  virtual ~Method() = default;
  virtual uint64_t scratch_bytes(const ConvGeometry& geometry) const = 0;
  virtual void run(const ConvGeometry& geometry, const DynamicScales& scales, const uint8_t* x,
                   float* y, std::byte* scratch) const = 0;
};

class ProductMethod final : public Method {
 public:
  ProductMethod(ConvGroups groups, std::vector<uint32_t> sums, bool x_signed)
      : groups_(std::move(groups)), sums_(std::move(sums)), x_signed_(x_signed) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return dynamic_columns_bytes(columns()) + conv_rows_scratch(groups_, geometry);
  }

  void run(const ConvGeometry& geometry, const DynamicScales& scales, const uint8_t* x, float* y,
           std::byte* scratch) const override {
    const auto stride = static_cast<size_t>(geometry.out_channels);
    std::byte* const rest = scratch + dynamic_columns_bytes(columns());
    for (size_t g = 0; g < groups_.size(); ++g) {
      const QGemmWeights& weights = groups_[g];
      const size_t first = g * weights.n;
      const DynamicColumns of =
          dynamic_columns(scales, first, weights.bias.data(),
                          std::span(sums_).subspan(first, weights.n), columns(), scratch);
      run_conv_rows(weights, g, geometry, x, x_signed_, static_cast<uint8_t>(scales.x_zero_point),
                    rest, [&](size_t m, size_t n, QGemmPanel panel) {
                      panel.bias = of.bias + n;
                      panel.multiplier = of.multiplier + n;
                      panel.addend = of.addend + n;
                      weights.kernel->to_floats(panel, y + m * stride + first + n, stride);
                    });
    }
  }

 private:
  size_t columns() const { return groups_[0].panels() * kQGemmCols; }

  ConvGroups groups_;
  std::vector<uint32_t> sums_;
  bool x_signed_;
};

class DepthwiseMethod final : public Method {
 public:
  DepthwiseMethod(QDwConvWeights weights, std::vector<uint32_t> sums, bool x_signed)
      : weights_(std::move(weights)), sums_(std::move(sums)), x_signed_(x_signed) {}

  uint64_t scratch_bytes(const ConvGeometry& geometry) const override {
    return dynamic_columns_bytes(columns()) + lines(0).scratch_bytes(geometry);
  }

  void run(const ConvGeometry& geometry, const DynamicScales& scales, const uint8_t* x, float* y,
           std::byte* scratch) const override {
    const auto [bias, multiplier, addend] =
        dynamic_columns(scales, 0, weights_.bias.data(), sums_, columns(), scratch);
    const QDwConvFloats out = {bias, multiplier, addend};
    lines(scales.x_zero_point)
        .run(geometry, x, y, scratch + dynamic_columns_bytes(columns()),
             [&](const QDwConvLine& line, uint8_t* columns, float* to) {
               weights_.kernel->to_floats(line, weights_, out, columns, to);
             });
  }

 private:
  size_t columns() const { return weights_.blocks() * kQDwConvChannels; }
  ConvLines lines(int32_t zero) const { return {weights_, x_signed_, static_cast<uint8_t>(zero)}; }

  QDwConvWeights weights_;
  std::vector<uint32_t> sums_;
  bool x_signed_;
};

// Of w - w_zero_point, by output channel, modulo 2^32.
std::vector<uint32_t> sums_of(const QConvParams& params) {
  const size_t channels = params.w_zero_point.size();
  const size_t each = static_cast<size_t>(params.w->count()) / channels;
  const auto* w = static_cast<const uint8_t*>(params.w->data());
  std::vector<uint32_t> sums(channels, 0);
  for (size_t m = 0; m < channels; ++m) {
    for (size_t i = 0; i < each; ++i) {
      sums[m] += static_cast<uint32_t>(widen(*w++, params.w_signed) - params.w_zero_point[m]);
    }
  }
  return sums;
}

Result<std::shared_ptr<const Method>> make_method(const QConvParams& params, Isa isa) {
  if (is_depthwise(params)) {
    OCTAVO_ASSIGN_OR_RETURN(QDwConvWeights weights, pack_depthwise(params, isa));
    return std::shared_ptr<const Method>(
        std::make_shared<DepthwiseMethod>(std::move(weights), sums_of(params), params.x_signed));
  }
  OCTAVO_ASSIGN_OR_RETURN(ConvGroups groups, pack_conv_groups(params, isa));
  return std::shared_ptr<const Method>(
      std::make_shared<ProductMethod>(std::move(groups), sums_of(params), params.x_signed));
}

struct Convolution {
  std::shared_ptr<const Method> method;
  Attributes attrs;
  bool channels_last, x_signed;
  F32Clamp clamp;

  Status operator()(RunContext& run) const {
    OCTAVO_ASSIGN_OR_RETURN(
        const ConvGeometry geometry,
        conv_geometry(attrs, run.inputs[kX].shape, run.inputs[kW].shape, channels_last));
    OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
    const DynamicScales scales = dynamic_scales_of(run, x_signed);
    const float limits[] = {clamp.low, clamp.high};
    const bool clamps = clamp.low > F32Clamp().low || clamp.high < F32Clamp().high;
    return run_conv<uint8_t, float>(
        run, geometry, channels_last, method->scratch_bytes(geometry),
        [&](const ConvGeometry& part, const uint8_t* x, float* y, std::byte* scratch) {
          method->run(part, scales, x, y, scratch);
          const int64_t count = part.batch * output_pixels(part) * part.out_channels;
          if (clamps) clamp_f32(y, y, count, limits);
        });
  }
};

}  // namespace

Result<RunFn> prepare_conv_integer_to_float(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* w, context.constant(kW));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* zero_point, context.constant(kWZeroPoint));
  const auto channels = static_cast<size_t>(w->shape()[0]);
  QConvParams params;
  params.w = w;
  params.groups = static_cast<size_t>(context.node().attrs.get_int("group", 1));
  params.x_signed = context.input(kX).dtype == DType::kInt8;
  params.w_signed = w->dtype() == DType::kInt8;
  params.w_zero_point = weight_zero_points(zero_point, channels);
  params.multiplier.assign(channels, 1);
  OCTAVO_ASSIGN_OR_RETURN(auto method, make_method(params, context.isa()));
  for (const size_t input : {kW, kWZeroPoint}) context.mark_packed(input);
  return RunFn(Convolution{std::move(method), context.node().attrs, context.input(kX).channels_last,
                           params.x_signed, activation_of(context.node().attrs)});
}

}  // namespace octavo
