// y = (a - a_zero_point) * (b - b_zero_point) in int32, modulo 2^32. Plain loops: products of
// constant weights that become floats again are fused into MatMulIntegerToFloat before they run.
#include <algorithm>

#include "kernels/requant.h"
#include "runtime/ops/support.h"

namespace octavo {
namespace {

struct Operand {
  const uint8_t* data;
  bool is_signed;
  const uint8_t* zero_points;  // null for 0
  int64_t zero_point_step;     // 0: one for all

  int64_t at(int64_t i, int64_t line) const {
    const int64_t zero = zero_points ? widen(zero_points[line * zero_point_step], is_signed) : 0;
    return widen(data[i], is_signed) - zero;
  }
};

// Zero points: one, or one a row of a, or one a column of b.
Result<Operand> operand_of(const RunContext& run, size_t i, int64_t lines) {
  const TensorView& x = run.inputs[i];
  Operand operand{static_cast<const uint8_t*>(x.data), x.dtype == DType::kInt8, nullptr, 0};
  if (!run.has_input(i + 2)) return operand;
  const int64_t count = run.inputs[i + 2].count();
  if (count != 1 && count != lines) {
    return invalid_data(std::to_string(count) + " zero points for " + std::to_string(lines) +
                        " rows or columns");
  }
  operand.zero_points = static_cast<const uint8_t*>(run.inputs[i + 2].data);
  operand.zero_point_step = count == 1 ? 0 : 1;
  return operand;
}

struct Sizes {
  int64_t rows, depth, columns;
};

void multiply(Operand a, Operand b, const Sizes& s, int32_t* y) {
  for (int64_t m = 0; m < s.rows; ++m) {
    for (int64_t n = 0; n < s.columns; ++n) {
      uint32_t sum = 0;
      for (int64_t k = 0; k < s.depth; ++k) {
        sum += static_cast<uint32_t>(a.at(m * s.depth + k, m) * b.at(k * s.columns + n, n));
      }
      y[m * s.columns + n] = static_cast<int32_t>(sum);
    }
  }
}

// A vector is a matrix of one row (a) or one column (b).
Shape matrix_shape(const Shape& shape, bool is_b) {
  if (shape.rank() != 1) return shape;
  return is_b ? Shape{shape[0], 1} : Shape{1, shape[0]};
}

// The dimensions before the last two, and a last one of one element: the row of for_each_row.
Shape batch_dims(const Shape& shape, int matrix_rank) {
  std::vector<int64_t> dims(shape.dims().begin(), shape.dims().end() - matrix_rank);
  dims.push_back(1);
  return Shape(std::move(dims));
}

Status run_matmul_integer(RunContext& run) {
  const Shape a_shape = matrix_shape(run.inputs[0].shape, false);
  const Shape b_shape = matrix_shape(run.inputs[1].shape, true);
  const Sizes s{a_shape[a_shape.rank() - 2], a_shape[a_shape.rank() - 1],
                b_shape[b_shape.rank() - 1]};
  OCTAVO_ASSIGN_OR_RETURN(const Operand a, operand_of(run, 0, s.rows));
  OCTAVO_ASSIGN_OR_RETURN(const Operand b, operand_of(run, 1, s.columns));
  const int dropped = (run.inputs[0].shape.rank() > 1) + (run.inputs[1].shape.rank() > 1);
  const Shape batch_a = batch_dims(a_shape, 2), batch_b = batch_dims(b_shape, 2);
  OCTAVO_ASSIGN_OR_RETURN(const auto dims, broadcast_dims(batch_dims(run.outputs[0].shape, dropped),
                                                          {&batch_a, &batch_b}));
  auto* y = static_cast<int32_t*>(run.outputs[0].data);
  for_each_row(dims, [&](int64_t at, const Offsets& offsets) {
    for (int64_t i = 0; i < dims.back().extent; ++i) {
      Operand a_matrix = a, b_matrix = b;
      a_matrix.data += (offsets[0] + i * dims.back().strides[0]) * s.rows * s.depth;
      b_matrix.data += (offsets[1] + i * dims.back().strides[1]) * s.depth * s.columns;
      multiply(a_matrix, b_matrix, s, y + (at + i) * s.rows * s.columns);
    }
  });
  return {};
}

}  // namespace

Result<RunFn> prepare_matmul_integer(const PrepareContext&) { return RunFn(run_matmul_integer); }

}  // namespace octavo
