#include "quant/corrections/matrix.h"

#include <algorithm>

#include "runtime/plan.h"

namespace octavo {
namespace {

constexpr size_t kFew = 1 << 16;  // products, which take less time than a plan

Matrix plain_product(const Matrix& a, bool transposed, const Matrix& b) {
  const size_t rows = transposed ? a.columns : a.rows;
  Matrix y(rows, b.columns);
  for (size_t r = 0; r < rows; ++r) {
    for (size_t k = 0; k < b.rows; ++k) {
      const float x = transposed ? a.row(k)[r] : a.row(r)[k];
      for (size_t c = 0; c < b.columns; ++c) y.row(r)[c] += x * b.row(k)[c];
    }
  }
  return y;
}

ConstantPtr constant_of(const Matrix& m) {
  return share(
      Tensor::from(m.values, Shape{static_cast<int64_t>(m.rows), static_cast<int64_t>(m.columns)}));
}

Result<Matrix> multiply(const Matrix& a, bool transposed, const Matrix& b) {
  if (a.values.size() * b.columns <= kFew) return plain_product(a, transposed, b);
  Node gemm;
  gemm.op = Op::kGemm;
  gemm.op_type = name_of(Op::kGemm);
  gemm.attrs.set("transA", int64_t{transposed});
  gemm.inputs = {0, 1};
  gemm.outputs = {2};
  const ConstantPtr inputs[] = {constant_of(a), constant_of(b)};
  OCTAVO_ASSIGN_OR_RETURN(const std::vector<Tensor> outputs, evaluate_node(gemm, inputs));
  const std::span<const float> values = outputs[0].values<float>();
  Matrix y;
  y.rows = transposed ? a.columns : a.rows;
  y.columns = b.columns;
  y.values.assign(values.begin(), values.end());
  return y;
}

}  // namespace

Result<Matrix> product(const Matrix& a, const Matrix& b) { return multiply(a, false, b); }

Result<Matrix> transposed_product(const Matrix& a, const Matrix& b) { return multiply(a, true, b); }

Matrix part(const Matrix& a, size_t rows, size_t begin, size_t end) {
  Matrix y(rows, end - begin);
  for (size_t r = 0; r < rows; ++r) std::copy(a.row(r) + begin, a.row(r) + end, y.row(r));
  return y;
}

void add_to_rows(const std::vector<float>& values, Matrix& a) {
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t c = 0; c < a.columns; ++c) a.row(r)[c] += values[c];
  }
}

std::vector<float> column_means(const Matrix& a, size_t rows) {
  std::vector<double> sums(a.columns);
  for (size_t r = 0; r < rows; ++r) {
    for (size_t c = 0; c < a.columns; ++c) sums[c] += a.row(r)[c];
  }
  std::vector<float> means;
  for (const double sum : sums) {
    means.push_back(static_cast<float>(sum / static_cast<double>(std::max<size_t>(rows, 1))));
  }
  return means;
}

}  // namespace octavo
