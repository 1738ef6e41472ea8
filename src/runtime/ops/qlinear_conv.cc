#include "runtime/ops/qlinear_conv.h"

#include "runtime/ops/windows.h"

namespace octavo {
namespace {

Result<QConvParams> params_of(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams x, per_tensor_quant(context.input(0)));
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams y, per_tensor_quant(context.output(0)));
  const QuantParams& w = *context.input(1).quant;
  QConvParams params;
  OCTAVO_ASSIGN_OR_RETURN(params.w, context.constant(1));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* bias, context.constant(2));
  if (bias) params.bias = bias->values<int32_t>().data();
  params.groups = static_cast<size_t>(context.node().attrs.get_int("group", 1));
  params.x_signed = is_signed(x);
  params.w_signed = is_signed(w);
  params.x_zero_point = x.zero_point[0];
  const auto channels = static_cast<size_t>(params.w->shape()[0]);
  params.w_zero_point = zero_points_of(w, channels);
  for (const float scale : scales_of(w, channels)) {
    params.multiplier.push_back(x.scale[0] * scale / y.scale[0]);
  }
  params.out = requant_of(y);
  return params;
}

using MakeMethod = Result<QConvMethodPtr> (*)(const QConvParams&, Isa);

MakeMethod method_for(const QConvParams& params, const PrepareContext& context) {
  if (is_depthwise(params)) return make_qconv_depthwise;
  const bool int16 = context.isa() > Isa::kRef && context.isa() < Isa::kRelaxed;
  const bool pairs = int16 && takes_winograd(params, context.node().attrs);
  return pairs ? make_qconv_winograd : make_qconv_gemm;
}

struct QLinearConv {
  QConvMethodPtr method;
  Attributes attrs;
  bool channels_last;

  Status operator()(RunContext& context) const {
    OCTAVO_ASSIGN_OR_RETURN(
        const ConvGeometry geometry,
        conv_geometry(attrs, context.inputs[0].shape, context.inputs[1].shape, channels_last));
    return run_conv<uint8_t>(context, geometry, channels_last, method->scratch_bytes(geometry),
                             [&](const ConvGeometry& part, const uint8_t* x, uint8_t* y,
                                 std::byte* scratch) { method->run(part, x, y, scratch); });
  }
};

}  // namespace

Result<RunFn> prepare_qlinear_conv(const PrepareContext& context) {
  OCTAVO_ASSIGN_OR_RETURN(const QConvParams params, params_of(context));
  const auto make = method_for(params, context);
  OCTAVO_ASSIGN_OR_RETURN(QConvMethodPtr method, make(params, context.isa()));
  for (const size_t input : {1, 2}) context.mark_packed(input);
  return RunFn(
      QLinearConv{std::move(method), context.node().attrs, context.input(0).channels_last});
}

}  // namespace octavo
