#include "quant/corrections/matrix.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

// Small integers: every order of summation gives the same.
Matrix noise_matrix(uint32_t seed, size_t rows, size_t columns) {
  Noise noise(seed);
  Matrix m(rows, columns);
  for (float& value : m.values) value = static_cast<float>(noise.between(-9, 9));
  return m;
}

Matrix transposed(const Matrix& a) {
  Matrix y(a.columns, a.rows);
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t c = 0; c < a.columns; ++c) y.row(c)[r] = a.row(r)[c];
  }
  return y;
}

Matrix three_loops(const Matrix& a, const Matrix& b) {
  Matrix y(a.rows, b.columns);
  for (size_t r = 0; r < a.rows; ++r) {
    for (size_t c = 0; c < b.columns; ++c) {
      for (size_t k = 0; k < b.rows; ++k) y.row(r)[c] += a.row(r)[k] * b.row(k)[c];
    }
  }
  return y;
}

void expect_same(const Result<Matrix>& found, const Matrix& wanted) {
  ASSERT_TRUE(found.ok()) << found.status().to_string();
  EXPECT_EQ(found->rows, wanted.rows);
  EXPECT_EQ(found->columns, wanted.columns);
  EXPECT_EQ(found->values, wanted.values);
}

struct Sizes {
  size_t rows, depth, columns;
};

// The last two are large enough for the runtime's Gemm.
constexpr Sizes kSizes[] = {{1, 1, 1},    {3, 4, 5},    {2, 9, 1},
                            {40, 40, 40}, {50, 41, 60}, {7, 300, 33}};

TEST(Matrix, ProductsOfEverySizeEqualThreeLoops) {
  for (const auto& [rows, depth, columns] : kSizes) {
    const Matrix a = noise_matrix(1, rows, depth), b = noise_matrix(2, depth, columns);
    const Matrix wanted = three_loops(a, b);
    expect_same(product(a, b), wanted);
    expect_same(transposed_product(transposed(a), b), wanted);
  }
}

TEST(Matrix, ProductWithoutRowsIsEmpty) {
  expect_same(product(Matrix(0, 3), Matrix(3, 2)), Matrix(0, 2));
}

TEST(Matrix, PartIsTheFirstRowsOfSomeColumns) {
  Matrix a(3, 4);
  for (size_t i = 0; i < a.values.size(); ++i) a.values[i] = static_cast<float>(i);
  const Matrix found = part(a, 2, 1, 3);
  EXPECT_EQ(found.rows, 2u);
  EXPECT_EQ(found.columns, 2u);
  EXPECT_EQ(found.values, (std::vector<float>{1, 2, 5, 6}));
}

TEST(Matrix, MeansAreThoseOfTheFirstRows) {
  Matrix a(3, 2);
  a.values = {1, 10, 2, 20, 300, 3000};
  EXPECT_EQ(column_means(a, 2), (std::vector<float>{1.5f, 15}));
  EXPECT_EQ(column_means(a, 0), (std::vector<float>{0, 0}));
}

TEST(Matrix, EveryRowTakesWhatIsAdded) {
  Matrix a(2, 2);
  a.values = {1, 2, 3, 4};
  add_to_rows({10, -1}, a);
  EXPECT_EQ(a.values, (std::vector<float>{11, 1, 13, 3}));
}

}  // namespace
}  // namespace octavo
