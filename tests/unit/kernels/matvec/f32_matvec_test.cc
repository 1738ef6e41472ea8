#include "kernels/matvec/f32_matvec.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/float_noise.h"

namespace octavo {
namespace {

// The definition of the order: partial sums by column modulo 8, combined pairwise.
float expected_dot(const float* a, const float* b, int64_t n) {
  float s[8] = {};
  for (int64_t k = 0; k < n; ++k) {
    const float product = a[k] * b[k];
    s[k % 8] += product;
  }
  return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

TEST(F32Matvec, EveryVariantGivesTheBytesOfItsDefinition) {
  for (const F32MatvecKernel* kernel : f32_matvec_kernels()) {
    for (const int64_t rows : {1, 3, 4, 5, 9}) {
      for (const int64_t columns : {0, 1, 7, 8, 9, 16, 31, 192}) {
        const auto m = float_noise(1, static_cast<size_t>(rows * columns));
        const auto x = float_noise(2, static_cast<size_t>(columns));
        auto y = float_noise(3, static_cast<size_t>(rows));
        auto expected = y;
        for (int64_t i = 0; i < rows; ++i) {
          expected[static_cast<size_t>(i)] +=
              expected_dot(m.data() + i * columns, x.data(), columns);
        }
        kernel->run(m.data(), x.data(), rows, columns, y.data());
        EXPECT_TRUE(same_bytes(y, expected)) << kernel->name << " " << rows << "x" << columns;
      }
    }
  }
}

}  // namespace
}  // namespace octavo
