// ReduceSum and its kin: the reduced axes are brought to the end, then each row gives one number.
#include "kernels/reduce/reduce.h"

#include <cmath>
#include <limits>

#include "kernels/copy/strided_copy.h"
#include "runtime/ops/binary.h"

namespace octavo {
namespace {

float mean_f32(const float* x, int64_t n) { return sum_f32(x, n) / static_cast<float>(n); }
float l2_f32(const float* x, int64_t n) { return std::sqrt(sum_squared_distance_f32(x, n, 0.0f)); }
float prod_f32(const float* x, int64_t n) {
  float product = 1.0f;
  for (int64_t i = 0; i < n; ++i) product *= x[i];
  return product;
}

using Row = void (*)(const void* x, int64_t n, void* y);

template <float (*F)(const float*, int64_t)>
void float_row(const void* x, int64_t n, void* y) {
  *static_cast<float*>(y) = F(static_cast<const float*>(x), n);
}

// Integers: exact in any order, wrapping around.
template <typename T, Op op>
void integer_row(const void* data, int64_t n, void* y) {
  using Limits = std::numeric_limits<T>;
  const T* x = static_cast<const T*>(data);
  T extreme = op == Op::kReduceMax ? Limits::lowest() : Limits::max();
  uint64_t sum = 0, product = 1;
  for (int64_t i = 0; i < n; ++i) {
    if (op == Op::kReduceMax ? x[i] > extreme : x[i] < extreme) extreme = x[i];
    sum += static_cast<uint64_t>(x[i]);
    product *= static_cast<uint64_t>(x[i]);
  }
  const int64_t mean = n == 0 ? 0 : static_cast<int64_t>(sum) / n;
  *static_cast<T*>(y) = op == Op::kReduceSum    ? static_cast<T>(sum)
                        : op == Op::kReduceProd ? static_cast<T>(product)
                        : op == Op::kReduceMean ? static_cast<T>(mean)
                                                : extreme;
}

template <Op op>
Row integer_row_of(DType dtype) {
  return pick<Row>(dtype, TypeList<int8_t, uint8_t, int32_t, int64_t>{},
                   []<typename T>() -> Row { return integer_row<T, op>; });
}
Row no_row(DType) { return nullptr; }

struct ReduceCase {
  Op op;
  Row f32;
  Row (*integers)(DType);
};
constexpr ReduceCase kCases[] = {
    {Op::kReduceL2, float_row<l2_f32>, no_row},
    {Op::kReduceMax, float_row<max_f32>, integer_row_of<Op::kReduceMax>},
    {Op::kReduceMean, float_row<mean_f32>, integer_row_of<Op::kReduceMean>},
    {Op::kReduceMin, float_row<min_f32>, integer_row_of<Op::kReduceMin>},
    {Op::kReduceProd, float_row<prod_f32>, integer_row_of<Op::kReduceProd>},
    {Op::kReduceSum, float_row<sum_f32>, integer_row_of<Op::kReduceSum>},
};

Row find_row(Op op, DType dtype) {
  for (const ReduceCase& one : kCases) {
    if (one.op == op) return dtype == DType::kFloat32 ? one.f32 : one.integers(dtype);
  }
  return nullptr;
}

Result<std::vector<bool>> reduced_axes(const RunContext& run, bool keep_all_if_none) {
  const int rank = run.inputs[0].shape.rank();
  const std::vector<int64_t> axes = integers_of(run, 1);
  std::vector<bool> reduced(static_cast<size_t>(rank), axes.empty() && !keep_all_if_none);
  for (const int64_t attribute : axes) {
    OCTAVO_ASSIGN_OR_RETURN(const int axis, checked_axis(attribute, rank));
    reduced[static_cast<size_t>(axis)] = true;
  }
  return reduced;
}

// A kept axis of more than one element behind a reduced one means that rows are not dense yet.
bool rows_are_dense(const Shape& shape, const std::vector<bool>& reduced) {
  bool seen = false;
  for (int i = 0; i < shape.rank(); ++i) {
    if (reduced[static_cast<size_t>(i)])
      seen = seen || shape[i] != 1;
    else if (seen && shape[i] != 1)
      return false;
  }
  return true;
}

Result<const std::byte*> dense_rows(RunContext& run, const std::vector<bool>& reduced) {
  const TensorView& x = run.inputs[0];
  if (rows_are_dense(x.shape, reduced)) return static_cast<const std::byte*>(x.data);
  std::vector<int> perm;
  for (const bool take : {false, true}) {
    for (int i = 0; i < x.shape.rank(); ++i) {
      if (reduced[static_cast<size_t>(i)] == take) perm.push_back(i);
    }
  }
  std::byte* rows = run.scratch(x.bytes());
  if (!rows) return Status(ErrorCode::kOutOfMemory, "no memory to bring axes to the end");
  strided_copy(x.data, rows, transpose_dims(x.shape.dims(), perm), size_of(x.dtype));
  return static_cast<const std::byte*>(rows);
}

Status run_reduce(RunContext& run, Row row, bool keep_all_if_none) {
  const TensorView &x = run.inputs[0], &y = run.outputs[0];
  OCTAVO_ASSIGN_OR_RETURN(const auto reduced, reduced_axes(run, keep_all_if_none));
  OCTAVO_ASSIGN_OR_RETURN(const std::byte* from, dense_rows(run, reduced));
  int64_t rows = 1, length = 1;
  for (int i = 0; i < x.shape.rank(); ++i) {
    (reduced[static_cast<size_t>(i)] ? length : rows) *= x.shape[i];
  }
  if (rows != y.count()) return invalid_data("axes do not give the shape " + y.shape.to_string());
  const size_t size = size_of(x.dtype);
  auto* to = static_cast<std::byte*>(y.data);
  for (int64_t i = 0; i < rows; ++i) {
    row(from, length, to);
    from += static_cast<size_t>(length) * size;
    to += size;
  }
  return {};
}

}  // namespace

Result<RunFn> prepare_reduce(const PrepareContext& context) {
  const DType dtype = context.input(0).dtype;
  const Row row = find_row(context.node().op, dtype);
  if (!row) return unsupported_dtype(context, dtype);
  const bool keep = context.node().attrs.get_int("noop_with_empty_axes", 0) != 0;
  return RunFn([row, keep](RunContext& run) { return run_reduce(run, row, keep); });
}

}  // namespace octavo
