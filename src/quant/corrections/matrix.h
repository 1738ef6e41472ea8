// Small dense matrices, multiplied by the runtime's own kernels: the same bits everywhere.
#pragma once

#include <cstddef>
#include <vector>

#include "base/status.h"

namespace octavo {

struct Matrix {
  size_t rows = 0, columns = 0;
  std::vector<float> values;  // [row][column]

  Matrix() = default;
  Matrix(size_t r, size_t c) : rows(r), columns(c), values(r * c) {}
  float* row(size_t r) { return values.data() + r * columns; }
  const float* row(size_t r) const { return values.data() + r * columns; }
};

Result<Matrix> product(const Matrix& a, const Matrix& b);
Result<Matrix> transposed_product(const Matrix& a, const Matrix& b);  // a^T b

// Rows 0..rows-1 of columns begin..end-1.
Matrix part(const Matrix& a, size_t rows, size_t begin, size_t end);
void add_to_rows(const std::vector<float>& values, Matrix& a);
// Of the first `rows` rows.
std::vector<float> column_means(const Matrix& a, size_t rows);

}  // namespace octavo
