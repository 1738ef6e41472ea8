// QLinearAdd and QLinearMul, with broadcasting.
#include <array>

#include "kernels/qbinary/qbinary.h"
#include "runtime/ops/parts.h"
#include "runtime/ops/quant_support.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct QLinearBinary {
  QBinaryFn fn;
  QBinary params;          // a, b
  QBinary swapped_params;  // b, a: both functions commute

  Status operator()(RunContext& context) const {
    const auto* a = static_cast<const uint8_t*>(context.inputs[0].data);
    const auto* b = static_cast<const uint8_t*>(context.inputs[1].data);
    auto* y = static_cast<uint8_t*>(context.outputs[0].data);
    OCTAVO_ASSIGN_OR_RETURN(const std::vector<BroadcastDim> dims,
                            broadcast_dims(context.outputs[0].shape,
                                           {&context.inputs[0].shape, &context.inputs[1].shape}));
    const BroadcastDim& row = dims.back();
    const int parts = parts_worth(kByteSum * static_cast<double>(row.extent), context.threads());
    const bool a_is_scalar = row.strides[0] == 0, b_is_scalar = row.strides[1] == 0;
    for_each_row(dims, [&](int64_t at, const Offsets& offsets) {
      const uint8_t* from_a = a + offsets[0];
      const uint8_t* from_b = b + offsets[1];
      run_parts(context, parts, row.extent, [&](int64_t first, int64_t count, int) {
        const auto n = static_cast<size_t>(count);
        uint8_t* to = y + at + first;
        if (a_is_scalar) {
          fn(n, from_b + first, from_a, true, swapped_params, to);
        } else {
          fn(n, from_a + first, from_b + (b_is_scalar ? 0 : first), b_is_scalar, params, to);
        }
      });
    });
    return {};
  }
};

Result<RunFn> prepare(const PrepareContext& context, QBinaryFn fn) {
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams a, per_tensor_quant(context.input(0)));
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams b, per_tensor_quant(context.input(1)));
  OCTAVO_ASSIGN_OR_RETURN(const QuantParams y, per_tensor_quant(context.output(0)));
  const Requant out = requant_of(y);
  return RunFn(QLinearBinary{fn,
                             {operand_of(a), operand_of(b), y.scale[0], out},
                             {operand_of(b), operand_of(a), y.scale[0], out}});
}

}  // namespace

Result<RunFn> prepare_qlinear_add(const PrepareContext& context) {
  return prepare(context, qbinary_kernel(context.isa()).add);
}

Result<RunFn> prepare_qlinear_mul(const PrepareContext& context) {
  return prepare(context, qbinary_kernel(context.isa()).mul);
}

}  // namespace octavo
