#include <optional>

#include "runtime/op.h"
#include "runtime/ops/f32_product.h"
#include "runtime/ops/support.h"
#include "runtime/ops/windows.h"

namespace octavo {
namespace {

struct MatMul {
  F32Clamp clamp;
  Isa isa;
  std::optional<PackedFloats> packed;  // all matrices of a constant b
};

// A vector is a matrix of one row (a) or one column (b).
Shape matrix_shape(const Shape& shape, bool is_b) {
  if (shape.rank() != 1) return shape;
  return is_b ? Shape{shape[0], 1} : Shape{1, shape[0]};
}

int64_t rows_of(const Shape& matrix) { return matrix[matrix.rank() - 2]; }
int64_t columns_of(const Shape& matrix) { return matrix[matrix.rank() - 1]; }
int64_t batch_of(const Shape& matrix) { return matrix.count(0, matrix.rank() - 2); }

uint64_t panel_floats(const Shape& b) {  // of one matrix
  return f32_packed_floats(static_cast<uint64_t>(rows_of(b)), static_cast<uint64_t>(columns_of(b)));
}

uint64_t all_panel_floats(const Shape& b) {
  return static_cast<uint64_t>(batch_of(b)) * panel_floats(b);
}

void pack(const float* b, const Shape& shape, float* panels) {
  F32GemmWeights weights;
  weights.depth = static_cast<size_t>(rows_of(shape));
  weights.columns = static_cast<size_t>(columns_of(shape));
  weights.k_stride = weights.columns;
  for (int64_t i = 0; i < batch_of(shape); ++i) {
    weights.b = b + i * rows_of(shape) * columns_of(shape);
    pack_f32_gemm(weights, panels + static_cast<uint64_t>(i) * panel_floats(shape));
  }
}

Shape batch_dims(const Shape& matrix) {
  return Shape(std::vector<int64_t>(matrix.dims().begin(), matrix.dims().end() - 2));
}

// The dimensions before the last two, broadcast; shape inference has checked that they fit.
Shape broadcast_batch(const Shape& a, const Shape& b) {
  Shape longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  const int shift = longer.rank() - shorter.rank();
  for (int i = 0; i < shorter.rank(); ++i) {
    if (longer[i + shift] == 1) longer[i + shift] = shorter[i];
  }
  return longer;
}

// One product for each pair of matrices; a b without batch takes all rows of all of a at once.
Status multiply(RunContext& context, const MatMul& op, const Shape& a, const Shape& b,
                F32Gemm gemm) {
  const F32GemmKernel& kernel = f32_gemm_kernel(op.isa);
  if (batch_of(b) == 1 && a.rank() >= b.rank()) {
    gemm.rows = static_cast<size_t>(batch_of(a) * rows_of(a));
    run_f32_product(context, kernel, gemm);
    return {};
  }
  const Shape batch_a = batch_dims(a), batch_b = batch_dims(b);
  OCTAVO_ASSIGN_OR_RETURN(const auto dims,
                          broadcast_dims(broadcast_batch(batch_a, batch_b), {&batch_a, &batch_b}));
  const float* first_a = gemm.a;
  const float* first_panels = gemm.panels;
  for_each_row(dims, [&](int64_t, const Offsets& offsets) {
    for (int64_t i = 0; i < dims.back().extent; ++i, gemm.c += gemm.rows * gemm.columns) {
      const int64_t a_index = offsets[0] + i * dims.back().strides[0];
      const int64_t b_index = offsets[1] + i * dims.back().strides[1];
      gemm.a = first_a + static_cast<size_t>(a_index) * gemm.rows * gemm.depth;
      gemm.panels = first_panels + static_cast<uint64_t>(b_index) * panel_floats(b);
      run_f32_product(context, kernel, gemm);
    }
  });
  return {};
}

Status run(const MatMul& op, RunContext& context) {
  const Shape a = matrix_shape(context.inputs[0].shape, false);
  const Shape b = matrix_shape(context.inputs[1].shape, true);
  const float* panels = op.packed ? op.packed->data() : nullptr;
  if (!panels) {
    ScratchParts parts;
    parts.add(all_panel_floats(b) * sizeof(float));
    auto* scratch = reinterpret_cast<float*>(parts.allocate(context));
    if (!scratch) return no_memory_to_run();
    pack(context.inputs[1].values<float>().data(), b, scratch);
    panels = scratch;
  }
  const auto columns = static_cast<size_t>(columns_of(b)), depth = static_cast<size_t>(rows_of(b));
  return multiply(
      context, op, a, b,
      {static_cast<size_t>(rows_of(a)), columns, depth, context.inputs[0].values<float>().data(),
       depth, panels, context.outputs[0].values<float>().data(), columns, op.clamp});
}

}  // namespace

Result<RunFn> prepare_matmul(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  if (dtype != DType::kFloat32) return unsupported_dtype(context, dtype);
  MatMul op{activation_of(context.node().attrs), context.isa(), {}};
  OCTAVO_ASSIGN_OR_RETURN(const Tensor* b, context.constant(1));
  if (b && b->shape().rank() > 0) {
    const Shape shape = matrix_shape(b->shape(), true);
    OCTAVO_ASSIGN_OR_RETURN(op.packed, PackedFloats::allocate(all_panel_floats(shape)));
    pack(b->values<float>().data(), shape, op.packed->data());
    context.mark_packed(1);
  }
  return RunFn([op](RunContext& run_context) { return run(op, run_context); });
}

}  // namespace octavo
