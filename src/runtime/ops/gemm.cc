#include <optional>
#include <vector>

#include "runtime/op.h"
#include "runtime/ops/f32_product.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

// y = clamp(alpha * a * b + beta * c). alpha goes into the packed b; a c that is the same in every
// row becomes the bias, and any other is added afterwards.
struct Gemm {
  float alpha, beta;
  bool transpose_a, transpose_b;
  F32Clamp clamp;
  Isa isa;
  std::optional<PackedFloats> packed;  // none where b or c is not constant
};

struct Sizes {
  int64_t rows, columns, depth;
};

Sizes sizes_of(const Gemm& op, const Shape& a, const Shape& b) {
  return {a[op.transpose_a ? 1 : 0], b[op.transpose_b ? 0 : 1], a[op.transpose_a ? 0 : 1]};
}

bool same_in_every_row(const Shape& c) { return c.rank() < 2 || c[0] == 1; }

std::vector<float> bias_of(const Gemm& op, const float* c, const Shape& shape, int64_t columns) {
  std::vector<float> bias(static_cast<size_t>(columns), 0.0f);
  if (!c || !same_in_every_row(shape)) return bias;
  const bool one = shape.count() == 1;
  for (size_t n = 0; n < bias.size(); ++n) bias[n] = op.beta * c[one ? 0 : n];
  return bias;
}

void pack(const Gemm& op, const float* b, const std::vector<float>& bias, const Shape& b_shape,
          float* panels) {
  F32GemmWeights weights;
  weights.b = b;
  weights.depth = static_cast<size_t>(b_shape[op.transpose_b ? 1 : 0]);
  weights.columns = static_cast<size_t>(b_shape[op.transpose_b ? 0 : 1]);
  weights.k_stride = op.transpose_b ? 1 : weights.columns;
  weights.n_stride = op.transpose_b ? weights.depth : 1;
  weights.bias = bias.data();
  weights.scale = op.alpha;
  pack_f32_gemm(weights, panels);
}

// Adds beta * c, (M, N), (M, 1) or what same_in_every_row left out, and clamps.
Status add_matrix(const Gemm& op, const TensorView& c, const Sizes& sizes, float* y) {
  OCTAVO_ASSIGN_OR_RETURN(const auto dims,
                          broadcast_dims(Shape{sizes.rows, sizes.columns}, {&c.shape}));
  const float* values = c.values<float>().data();
  for_each_row(dims, [&](int64_t at, const Offsets& offsets) {
    for (int64_t i = 0; i < dims.back().extent; ++i) {
      float v = y[at + i] + op.beta * values[offsets[0] + i * dims.back().strides[0]];
      v = v < op.clamp.low ? op.clamp.low : v;
      y[at + i] = op.clamp.high < v ? op.clamp.high : v;
    }
  });
  return {};
}

Status run(const Gemm& op, RunContext& context) {
  const TensorView& a = context.inputs[0];
  const TensorView& b = context.inputs[1];
  const Sizes sizes = sizes_of(op, a.shape, b.shape);
  const auto columns = static_cast<size_t>(sizes.columns), depth = static_cast<size_t>(sizes.depth);
  ScratchParts parts;
  const uint64_t a_at = parts.add(op.transpose_a ? a.bytes() : 0);
  const uint64_t b_at =
      parts.add(op.packed ? 0 : f32_packed_floats(depth, columns) * sizeof(float));
  std::byte* scratch = parts.allocate(context);
  if (!scratch) return no_memory_to_run();
  F32Gemm gemm{static_cast<size_t>(sizes.rows),
               columns,
               depth,
               a.values<float>().data(),
               depth,
               nullptr,
               context.outputs[0].values<float>().data(),
               columns,
               op.clamp};
  if (op.transpose_a) {
    float* rows = reinterpret_cast<float*>(scratch + a_at);
    transpose(gemm.a, rows, 1, sizes.depth, sizes.rows);
    gemm.a = rows;
  }
  if (op.packed) {
    gemm.panels = op.packed->data();
  } else {
    const float* c = context.has_input(2) ? context.inputs[2].values<float>().data() : nullptr;
    const Shape c_shape = c ? context.inputs[2].shape : Shape{};
    float* panels = reinterpret_cast<float*>(scratch + b_at);
    pack(op, b.values<float>().data(), bias_of(op, c, c_shape, sizes.columns), b.shape, panels);
    gemm.panels = panels;
  }
  const bool add = context.has_input(2) && !same_in_every_row(context.inputs[2].shape);
  if (add) gemm.clamp = {};
  run_f32_product(context, f32_gemm_kernel(op.isa), gemm);
  return add ? add_matrix(op, context.inputs[2], sizes, gemm.c) : ok_status();
}

}  // namespace

Result<RunFn> prepare_gemm(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  const Attributes& attrs = context.node().attrs;
  Gemm op{attrs.get_float("alpha", 1.0f),
          attrs.get_float("beta", 1.0f),
          attrs.get_int("transA", 0) != 0,
          attrs.get_int("transB", 0) != 0,
          activation_of(attrs),
          context.isa(),
          {}};
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* b, context.constant(1));
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* c, context.constant(2));
  if (b && (c || !context.has_input(2))) {
    const Shape& shape = b->shape();
    const int64_t columns = shape[op.transpose_b ? 0 : 1], depth = shape[op.transpose_b ? 1 : 0];
    OCTAVO_ASSIGN_OR_RETURN(
        op.packed, PackedFloats::allocate(f32_packed_floats(static_cast<uint64_t>(depth),
                                                            static_cast<uint64_t>(columns))));
    const float* values = c ? c->values<float>().data() : nullptr;
    pack(op, b->values<float>().data(), bias_of(op, values, c ? c->shape() : Shape{}, columns),
         shape, op.packed->data());
    context.mark_packed(1);
    if (c && same_in_every_row(c->shape())) context.mark_packed(2);
  }
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace octavo
