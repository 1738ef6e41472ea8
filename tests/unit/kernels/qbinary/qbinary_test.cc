#include "kernels/qbinary/qbinary.h"

#include <gtest/gtest.h>

#include <limits>

namespace octavo {
namespace {

// Every pair of bytes, so every tie and every saturation.
void expect_all_pairs(const QBinary& params) {
  std::vector<uint8_t> a(65536), b(65536);
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<uint8_t>(i);
    b[i] = static_cast<uint8_t>(i >> 8);
  }
  for (const QBinaryKernel* kernel : qbinary_kernels()) {
    std::vector<uint8_t> sum(a.size()), product(a.size());
    kernel->add(a.size(), a.data(), b.data(), false, params, sum.data());
    kernel->mul(a.size(), a.data(), b.data(), false, params, product.data());
    for (size_t i = 0; i < a.size(); ++i) {
      const float x =
          dequantize_value(widen(a[i], params.a.is_signed), params.a.scale, params.a.zero_point);
      const float y =
          dequantize_value(widen(b[i], params.b.is_signed), params.b.scale, params.b.zero_point);
      ASSERT_EQ(sum[i], quantize_byte(x + y, params.scale, params.out)) << kernel->name << ' ' << i;
      ASSERT_EQ(product[i], quantize_byte(x * y, params.scale, params.out))
          << kernel->name << ' ' << i;
    }
  }
}

TEST(QBinary, EveryVariantEqualsFloatArithmeticForEveryPairOfBytes) {
  expect_all_pairs({{0.5f, 128, false}, {0.5f, -128, true}, 1.0f, {0, -128, 127}});  // ties
  expect_all_pairs({{0.0173f, 3, false}, {0.25f, 250, false}, 0.031f, {120, 0, 255}});
  expect_all_pairs({{1e-3f, 127, true}, {7.7f, 0, true}, 1e-6f, {5, 5, 100}});     // saturates
  expect_all_pairs({{3e38f, 0, true}, {3e38f, 0, true}, 1e-30f, {0, -128, 127}});  // inf and NaN
}

TEST(QBinary, ScalarStandsForAllAndTailsAreExact) {
  const QBinary params{{0.1f, 10, false}, {0.2f, -7, true}, 0.3f, {1, 0, 255}};
  for (size_t n : {0u, 1u, 7u, 8u, 9u, 31u}) {
    std::vector<uint8_t> a(n), many(n, 200), ref(n), y(n);
    for (size_t i = 0; i < n; ++i) a[i] = static_cast<uint8_t>(i * 37);
    const uint8_t one = 200;
    qbinary_kernel(Isa::kRef).mul(n, a.data(), many.data(), false, params, ref.data());
    for (const QBinaryKernel* kernel : qbinary_kernels()) {
      kernel->mul(n, a.data(), &one, true, params, y.data());
      EXPECT_EQ(y, ref) << kernel->name << ' ' << n;
    }
  }
}

}  // namespace
}  // namespace octavo
