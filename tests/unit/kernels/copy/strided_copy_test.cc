#include "kernels/copy/strided_copy.h"

#include <gtest/gtest.h>

#include <numeric>

#include "kernels/copy/copy_bytes.h"
#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

// Element (i, j, k) of y is element (i, k, j) of x.
template <typename T>
void expect_last_two_swapped(int64_t outer, int64_t rows, int64_t columns) {
  Noise noise(static_cast<uint32_t>(rows * 31 + columns));
  const auto count = static_cast<size_t>(outer * rows * columns);
  const std::vector<uint8_t> bytes = noise.bytes(count * sizeof(T));
  std::vector<T> x(count), y(count);
  std::memcpy(x.data(), bytes.data(), bytes.size());
  strided_copy(x.data(), y.data(), transpose_dims({outer, rows, columns}, {0, 2, 1}), sizeof(T));
  for (int64_t n = 0; n < outer; ++n) {
    for (int64_t i = 0; i < columns; ++i) {
      for (int64_t j = 0; j < rows; ++j) {
        const int64_t plane = n * rows * columns;
        ASSERT_EQ(y[static_cast<size_t>(plane + i * rows + j)],
                  x[static_cast<size_t>(plane + j * columns + i)])
            << rows << 'x' << columns << " at " << n << ' ' << i << ' ' << j;
      }
    }
  }
}

TEST(StridedCopy, TransposesAnySizes) {
  for (const int64_t rows : {1, 2, 3, 4, 17}) {
    for (const int64_t columns : {1, 2, 15, 16, 17, 24, 33, 48, 100}) {
      expect_last_two_swapped<uint8_t>(3, rows, columns);
      expect_last_two_swapped<uint16_t>(2, rows, columns);
      expect_last_two_swapped<uint32_t>(2, rows, columns);
      expect_last_two_swapped<uint64_t>(1, rows, columns);
    }
  }
}

TEST(CopyBytes, CopiesThatManyAndNoMore) {
  Noise noise(5);
  for (size_t count = 0; count < 600; ++count) {
    const std::vector<uint8_t> from = noise.bytes(count);
    std::vector<uint8_t> to(count + 1, 99), expected = from;
    expected.push_back(99);
    copy_bytes(from.data(), to.data(), count);
    ASSERT_EQ(to, expected) << count;
  }
}

}  // namespace
}  // namespace octavo
