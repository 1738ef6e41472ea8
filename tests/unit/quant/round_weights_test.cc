#include "quant/round_weights.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "quant/params.h"

namespace octavo {
namespace {

std::vector<int8_t> rounded(const std::vector<float>& values, Shape shape,
                            const QuantParams& params) {
  const Tensor tensor = round_weights(Tensor::from(values, std::move(shape)), params);
  const auto integers = tensor.values<int8_t>();
  return {integers.begin(), integers.end()};
}

QuantParams unit_scales(size_t channels, int axis) {
  QuantParams params = weight_params(std::vector<float>(channels, 127), axis);
  EXPECT_EQ(params.scale[0], 1);
  return params;
}

TEST(RoundWeights, BalancedErrorsAreLeftAlone) {
  EXPECT_EQ(rounded({0.3f, 1.7f, -2.4f, 5}, Shape{1, 4}, unit_scales(1, 0)),
            (std::vector<int8_t>{0, 2, -2, 5}));
}

TEST(RoundWeights, FewestAndCheapestMovesBalanceAChannel) {
  // All are rounded down, by 0.3 + 0.4 + 0.45 + 0.2 = 1.35: the one that was closest to going up
  // goes.
  EXPECT_EQ(rounded({10.3f, 20.4f, 30.45f, 40.2f}, Shape{1, 4}, unit_scales(1, 0)),
            (std::vector<int8_t>{10, 20, 31, 40}));
}

TEST(RoundWeights, TiesGoToTheFirst) {
  EXPECT_EQ(rounded({0.25f, 0.25f, 0.25f, 0.25f}, Shape{1, 4}, unit_scales(1, 0)),
            (std::vector<int8_t>{1, 0, 0, 0}));
}

TEST(RoundWeights, ChannelsAreApartOnWhateverAxis) {
  // Columns (0.4, 0.4) and (0.1, 0.1).
  EXPECT_EQ(rounded({0.4f, 0.1f, 0.4f, 0.1f}, Shape{2, 2}, unit_scales(2, 1)),
            (std::vector<int8_t>{1, 0, 0, 0}));
  EXPECT_EQ(rounded({0.4f, 0.4f, 0.1f, 0.1f}, Shape{2, 2}, unit_scales(2, 0)),
            (std::vector<int8_t>{1, 0, 0, 0}));
}

TEST(RoundWeights, SumOfErrorsIsWithinHalfAStep) {
  std::mt19937 random(3);
  const int64_t channels = 16, inner = 147;
  std::vector<float> values;
  std::vector<float> magnitudes(static_cast<size_t>(channels));
  for (int64_t i = 0; i < channels * inner; ++i) {
    values.push_back(static_cast<float>(random() % 20001) / 10000 - 1 + 0.003f);
    float& magnitude = magnitudes[static_cast<size_t>(i / inner)];
    magnitude = std::max(magnitude, std::fabs(values.back()));
  }
  const QuantParams params = weight_params(magnitudes, 0);
  const std::vector<int8_t> integers = rounded(values, Shape{channels, inner}, params);
  for (int64_t c = 0; c < channels; ++c) {
    double sum = 0;
    for (int64_t i = c * inner; i < (c + 1) * inner; ++i) {
      const auto place = static_cast<size_t>(i);
      const double error = integers[place] - static_cast<double>(values[place]) /
                                                 params.scale[static_cast<size_t>(c)];
      EXPECT_LT(std::fabs(error), 1);
      sum += error;
    }
    EXPECT_LE(std::fabs(sum), 0.5001);
  }
}

TEST(RoundWeights, NothingLeavesTheRange) {
  // Clipped at 127, which leaves a sum of -1.2 that cannot be balanced.
  EXPECT_EQ(rounded({127.4f, 127.4f, 127.4f}, Shape{1, 3}, unit_scales(1, 0)),
            (std::vector<int8_t>{127, 127, 127}));
}

}  // namespace
}  // namespace octavo
