#include "graph/conv_geometry.h"
#include "runtime/op.h"
#include "runtime/ops/f32_conv.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

// Weights that are constant are packed once; else, as when a graph computes them, on every run.
struct Conv {
  Attributes attrs;
  bool channels_last;
  F32Clamp clamp;
  Isa isa;
  std::optional<F32Conv> packed;  // none where weights or bias are not constant

  Result<ConvGeometry> geometry(const Shape& x, const Shape& w) const {
    OCTAVO_ASSIGN_OR_RETURN(ConvGeometry geometry, conv_geometry(attrs, x, w, channels_last));
    OCTAVO_RETURN_IF_ERROR(check_two_dimensional(geometry));
    return geometry;
  }

  Status run(RunContext& context) const {
    const TensorView& w = context.inputs[1];
    OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry,
                            this->geometry(context.inputs[0].shape, w.shape));
    if (packed) return run(context, geometry, *packed);
    const float* bias = context.has_input(2) ? context.inputs[2].values<float>().data() : nullptr;
    OCTAVO_ASSIGN_OR_RETURN(const F32Conv conv,
                            F32Conv::pack(geometry, w.values<float>().data(), bias, clamp, isa));
    return run(context, geometry, conv);
  }

  Status run(RunContext& context, const ConvGeometry& geometry, const F32Conv& conv) const {
    return run_conv<float>(context, geometry, channels_last, conv.scratch_bytes(geometry),
                           [&](const ConvGeometry& part, const float* x, float* y,
                               std::byte* scratch) { conv.run(part, x, y, scratch); });
  }
};

Shape any_input(int rank) {
  return Shape(std::vector<int64_t>(static_cast<size_t>(rank), kDynamic));
}

}  // namespace

Result<RunFn> prepare_conv(const PrepareContext& context) {
  const Value& x = context.input(0);
  if (x.dtype != DType::kFloat32) return unsupported_dtype(context, x.dtype);
  Conv conv{context.node().attrs,
            x.channels_last,
            activation_of(context.node().attrs),
            context.isa(),
            {}};
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* w, context.constant(1));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* bias, context.constant(2));
  if (w && (bias || !context.has_input(2))) {
    const Shape shape = x.shape.value_or(any_input(w->shape().rank()));
    OCTAVO_ASSIGN_OR_RETURN(const ConvGeometry geometry, conv.geometry(shape, w->shape()));
    OCTAVO_ASSIGN_OR_RETURN(
        conv.packed,
        F32Conv::pack(geometry, w->values<float>().data(),
                      bias ? bias->values<float>().data() : nullptr, conv.clamp, conv.isa));
    for (const size_t input : {1, 2}) context.mark_packed(input);
  }
  return RunFn([conv](RunContext& run) { return conv.run(run); });
}

}  // namespace octavo
