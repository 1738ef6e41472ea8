// MatMulNBits of com.microsoft: y = a * w + bias with w (K, N) in 4 or 8 bits, which lie as
// (N, blocks, bytes): the elements of a column side by side, of 4 bits the first in the low half. A
// block of a column has a scale (N, blocks) and a zero point (N, packed blocks), 8 or 128 where
// there are none. Weights become floats when they are packed; the product is that of MatMul.
#include <optional>

#include "runtime/op.h"
#include "runtime/ops/f32_product.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

struct Form {
  int64_t depth, columns, bits, block;

  int64_t blocks() const { return blocks_in(depth, block); }
  int64_t bytes(int64_t elements) const { return (elements * bits + 7) / 8; }
  int32_t middle() const { return 1 << (bits - 1); }
};

// Element `i` of what is packed from `bytes` on.
int32_t element(const uint8_t* bytes, int64_t i, int64_t bits) {
  if (bits == 8) return bytes[i];
  return bytes[i / 2] >> (i % 2 * 4) & 15;
}

Status check_size(const char* what, const Tensor* tensor, DType dtype, int64_t wanted) {
  if (tensor && tensor->dtype() == dtype && tensor->count() == wanted) return {};
  return unsupported(std::string("its ") + what + " should be a " + name_of(dtype) +
                     " constant of " + std::to_string(wanted) + " elements");
}

struct Weights {
  const Tensor *w, *scales, *zero_points, *bias;  // the last two may be null
};

Result<Weights> read_weights(const PrepareContext& context, const Form& form) {
  Weights weights{};
  OCTAVO_ASSIGN_OR_RETURN(weights.w, context.constant(1));
  OCTAVO_ASSIGN_OR_RETURN(weights.scales, context.constant(2));
  const int64_t blocks = form.columns * form.blocks();
  OCTAVO_RETURN_IF_ERROR(
      check_size("weights", weights.w, DType::kUint8, blocks * form.bytes(form.block)));
  OCTAVO_RETURN_IF_ERROR(check_size("scales", weights.scales, DType::kFloat32, blocks));
  if (context.has_input(3)) {
    OCTAVO_ASSIGN_OR_RETURN(weights.zero_points, context.constant(3));
    OCTAVO_RETURN_IF_ERROR(check_size("zero points", weights.zero_points, DType::kUint8,
                                      form.columns * form.bytes(form.blocks())));
  }
  if (context.has_input(4)) return unsupported("an order of inputs (g_idx) is not implemented");
  if (context.has_input(5)) {
    OCTAVO_ASSIGN_OR_RETURN(weights.bias, context.constant(5));
    OCTAVO_RETURN_IF_ERROR(check_size("bias", weights.bias, DType::kFloat32, form.columns));
  }
  return weights;
}

// (N, K), a column side by side.
Result<PackedFloats> dequantized(const Form& form, const Weights& weights) {
  OCTAVO_ASSIGN_OR_RETURN(PackedFloats floats,
                          PackedFloats::allocate(static_cast<uint64_t>(form.columns) *
                                                 static_cast<uint64_t>(form.depth)));
  const uint8_t* bytes = weights.w->values<uint8_t>().data();
  const float* scales = weights.scales->values<float>().data();
  const uint8_t* zeros =
      weights.zero_points ? weights.zero_points->values<uint8_t>().data() : nullptr;
  float* at = floats.data();
  for (int64_t n = 0; n < form.columns; ++n) {
    for (int64_t k = 0; k < form.depth; ++k) {
      const int64_t b = k / form.block, of_column = n * form.blocks() + b;
      const int32_t zero =
          zeros ? element(zeros + n * form.bytes(form.blocks()), b, form.bits) : form.middle();
      const int32_t q =
          element(bytes + of_column * form.bytes(form.block), k % form.block, form.bits);
      *at++ = scales[of_column] * static_cast<float>(q - zero);
    }
  }
  return floats;
}

Result<PackedFloats> pack(const Form& form, const Weights& weights) {
  F32GemmWeights columns;
  columns.depth = static_cast<size_t>(form.depth);
  columns.columns = static_cast<size_t>(form.columns);
  columns.k_stride = 1;
  columns.n_stride = columns.depth;
  columns.bias = weights.bias ? weights.bias->values<float>().data() : nullptr;
  OCTAVO_ASSIGN_OR_RETURN(PackedFloats floats, dequantized(form, weights));
  OCTAVO_ASSIGN_OR_RETURN(PackedFloats panels, PackedFloats::allocate(f32_packed_floats(
                                                   columns.depth, columns.columns)));
  columns.b = floats.data();
  pack_f32_gemm(columns, panels.data());
  return panels;
}

struct Product {
  size_t depth, columns;
  PackedFloats panels;
  F32Clamp clamp;
  Isa isa;
};

Status run(const Product& op, RunContext& context) {
  const TensorView& a = context.inputs[0];
  F32Gemm gemm{static_cast<size_t>(a.count()) / op.depth,
               op.columns,
               op.depth,
               a.values<float>().data(),
               op.depth,
               op.panels.data(),
               context.outputs[0].values<float>().data(),
               op.columns,
               op.clamp};
  run_f32_product(context, f32_gemm_kernel(op.isa), gemm);
  return {};
}

}  // namespace

Result<RunFn> prepare_matmul_nbits(const PrepareContext& context) {
  if (context.input(0).dtype != DType::kFloat32) {
    return unsupported_dtype(context, context.input(0).dtype);
  }
  const Attributes& attrs = context.node().attrs;
  const Form form{attrs.get_int("K", 0), attrs.get_int("N", 0), attrs.get_int("bits", 4),
                  attrs.get_int("block_size", 0)};
  if (form.bits != 4 && form.bits != 8) {
    return unsupported("weights of " + std::to_string(form.bits) + " bits are not implemented");
  }
  OCTAVO_ASSIGN_OR_RETURN(const Weights weights, read_weights(context, form));
  OCTAVO_ASSIGN_OR_RETURN(PackedFloats panels, pack(form, weights));
  for (const size_t input : {1, 2, 3, 5}) {
    if (context.has_input(input)) context.mark_packed(input);
  }
  const Product op{static_cast<size_t>(form.depth), static_cast<size_t>(form.columns),
                   std::move(panels), activation_of(attrs), context.isa()};
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace octavo
