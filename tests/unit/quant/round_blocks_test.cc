#include "quant/round_blocks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

std::vector<float> noise(size_t count) {
  Noise source(5);
  std::vector<float> values(count);
  for (float& value : values) value = source.real(-1, 1);
  return values;
}

std::vector<int> integers_of(const BlockedWeights& made) {
  const auto* q = static_cast<const int8_t*>(made.integers.data());
  return {q, q + made.integers.count()};
}

// Errors of row `r`, in reals.
std::vector<double> errors_of(const Tensor& weights, const BlockedWeights& made, int64_t block,
                              int64_t r) {
  const int64_t length = weights.shape()[1], blocks = made.scale_shape[1];
  std::vector<double> errors;
  for (int64_t k = 0; k < length; ++k) {
    const auto at = static_cast<size_t>(r * length + k);
    const double scale = made.scale[static_cast<size_t>(r * blocks + k / block)];
    errors.push_back(integers_of(made)[at] * scale - weights.values<float>()[at]);
  }
  return errors;
}

TEST(RoundBlocks, GivesOneScaleABlockAndAShorterLastOne) {
  const Tensor weights = Tensor::from(noise(2 * 40), Shape{2, 40});
  const BlockedWeights made = round_blocks(weights, 1, 16);
  EXPECT_EQ(made.scale_shape, (Shape{2, 3}));
  EXPECT_EQ(made.scale.size(), 6u);
  EXPECT_EQ(made.integers.dtype(), DType::kInt4);
  EXPECT_EQ(made.integers.shape(), weights.shape());
  for (const int q : integers_of(made)) EXPECT_TRUE(q >= -8 && q <= 7) << q;
}

TEST(RoundBlocks, BlocksOfColumnsAreThoseOfRowsTransposed) {
  const std::vector<float> rows = noise(3 * 20);
  std::vector<float> columns(rows.size());
  for (size_t r = 0; r < 3; ++r) {
    for (size_t k = 0; k < 20; ++k) columns[k * 3 + r] = rows[r * 20 + k];
  }
  const BlockedWeights a = round_blocks(Tensor::from(rows, Shape{3, 20}), 1, 16);
  const BlockedWeights b = round_blocks(Tensor::from(columns, Shape{20, 3}), 0, 16);
  EXPECT_EQ(b.scale_shape, (Shape{2, 3}));
  for (size_t r = 0; r < 3; ++r) {
    for (size_t k = 0; k < 20; ++k) {
      EXPECT_EQ(integers_of(a)[r * 20 + k], integers_of(b)[k * 3 + r]);
    }
    for (size_t i = 0; i < 2; ++i) EXPECT_EQ(a.scale[r * 2 + i], b.scale[i * 3 + r]);
  }
}

TEST(RoundBlocks, WeightsOnTheGridOfAScaleAreExact) {
  std::vector<float> values;
  for (int q = -7; q <= 7; ++q) values.push_back(static_cast<float>(q) * 0.25f);
  const BlockedWeights made = round_blocks(Tensor::from(values, Shape{1, 15}), 1, 16);
  for (int q = -7; q <= 7; ++q) {
    EXPECT_FLOAT_EQ(
        made.scale[0] * static_cast<float>(integers_of(made)[static_cast<size_t>(q + 7)]),
        static_cast<float>(q) * 0.25f);
  }
}

TEST(RoundBlocks, ErrorsOfAChannelCancelEachOther) {
  const Tensor weights = Tensor::from(noise(4 * 288), Shape{4, 288});
  const BlockedWeights made = round_blocks(weights, 1, 32, 9);
  for (int64_t r = 0; r < 4; ++r) {
    double sum = 0, square = 0, scale = 0;
    for (const double error : errors_of(weights, made, 32, r)) {
      sum += error;
      square += error * error;
    }
    for (size_t b = 0; b < 9; ++b)
      scale = std::max<double>(scale, std::fabs(made.scale[static_cast<size_t>(r) * 9 + b]));
    EXPECT_LT(std::fabs(sum), scale) << "row " << r;
    EXPECT_LT(std::sqrt(square / 288), 0.45 * scale) << "row " << r;  // of rounding alone 0.29
  }
}

TEST(RoundBlocks, ZerosHaveScaleOneAndHugeWeightsAFiniteOne) {
  std::vector<float> values(48, 0.0f);
  values[16] = 1e-30f;
  values[32] = 3e38f;
  const BlockedWeights made = round_blocks(Tensor::from(values, Shape{1, 48}), 1, 16);
  EXPECT_EQ(made.scale[0], 1);
  EXPECT_EQ(made.scale[1], 1);
  EXPECT_TRUE(made.scale[2] != 0 && std::isfinite(made.scale[2]));
}

}  // namespace
}  // namespace octavo
