#include <numeric>

#include "tests/unit/runtime/ops/evaluate.h"

namespace octavo {
namespace {

std::vector<double> softmax(const std::vector<double>& x, bool log) {
  double sum = 0;
  for (double v : x) sum += std::exp(v);
  std::vector<double> y;
  for (double v : x) y.push_back(log ? v - std::log(sum) : std::exp(v) / sum);
  return y;
}

TEST(Softmax, WorksAlongAnyAxis) {
  const Shape shape{3, 4, 5};
  const Tensor x = random_floats(shape);
  for (const bool log : {false, true}) {
    for (int axis = 0; axis < 3; ++axis) {
      const auto y = values_of<float>(log ? Op::kLogSoftmax : Op::kSoftmax, {x},
                                      {{"axis", static_cast<int64_t>(axis)}});
      const int64_t stride = shape.count(axis + 1, 3), length = shape[axis];
      std::vector<double> want(60);
      for (int64_t at = 0; at < 60; ++at) {
        if (at / stride % length != 0) continue;
        std::vector<double> line;
        for (int64_t i = 0; i < length; ++i) {
          line.push_back(
              static_cast<double>(x.values<float>()[static_cast<size_t>(at + i * stride)]));
        }
        line = softmax(line, log);
        for (int64_t i = 0; i < length; ++i) {
          want[static_cast<size_t>(at + i * stride)] = line[static_cast<size_t>(i)];
        }
      }
      expect_near(y, want, "axis " + std::to_string(axis), 1e-6);
    }
  }
}

TEST(Softmax, DoesNotOverflow) {
  EXPECT_EQ(values_of<float>(Op::kSoftmax, {vector<float>({1000, -1000})}),
            (std::vector<float>{1, 0}));
  EXPECT_EQ(values_of<float>(Op::kLogSoftmax, {vector<float>({1000, -1000})}),
            (std::vector<float>{0, -2000}));
}

TEST(LpNormalization, GivesUnitLinesAndLeavesZeroAlone) {
  const Tensor x = tensor<float>({3, -4, 0, 0}, {2, 2});
  expect_near(values_of<float>(Op::kLpNormalization, {x}), {0.6, -0.8, 0, 0}, "p = 2");
  expect_near(values_of<float>(Op::kLpNormalization, {x}, {{"p", int64_t{1}}}),
              {3 / 7.0, -4 / 7.0, 0, 0}, "p = 1");
}

struct Moments {
  double mean = 0, variance = 0;
};
Moments moments(std::span<const float> x) {
  Moments m;
  for (float v : x) m.mean += static_cast<double>(v) / static_cast<double>(x.size());
  for (float v : x) m.variance += std::pow(v - m.mean, 2) / static_cast<double>(x.size());
  return m;
}

TEST(LayerNormalization, NormalizesFromTheAxisOnAndGivesItsStatistics) {
  const Tensor x = random_floats({2, 3, 4}, 1), scale = random_floats({3, 4}, 2),
               bias = random_floats({3, 4}, 3);
  const auto outputs =
      evaluate(Op::kLayerNormalization, {x, scale, bias}, {{"axis", int64_t{1}}}, 3);
  ASSERT_TRUE(outputs.ok()) << outputs.status().to_string();
  for (size_t row = 0; row < 2; ++row) {
    const auto from = x.values<float>().subspan(row * 12, 12);
    const Moments m = moments(from);
    const double inverse = 1 / std::sqrt(m.variance + 1e-5);
    EXPECT_NEAR((*outputs)[1].values<float>()[row], m.mean, 1e-6);
    EXPECT_NEAR((*outputs)[2].values<float>()[row], inverse, 1e-5);
    for (size_t i = 0; i < 12; ++i) {
      EXPECT_NEAR((*outputs)[0].values<float>()[row * 12 + i],
                  (from[i] - m.mean) * inverse * scale.values<float>()[i] + bias.values<float>()[i],
                  1e-5);
    }
  }
}

TEST(InstanceNormalization, NormalizesEachPlane) {
  const Tensor x = random_floats({2, 3, 5});
  const auto y = values_of<float>(Op::kInstanceNormalization,
                                  {x, vector<float>({1, 2, 3}), vector<float>({0, 1, -1})},
                                  {{"epsilon", 0.01f}});
  const double scale[] = {1, 2, 3}, bias[] = {0, 1, -1};
  std::vector<double> want;
  for (size_t plane = 0; plane < 6; ++plane) {
    const auto from = x.values<float>().subspan(plane * 5, 5);
    const Moments m = moments(from);
    for (float v : from) {
      want.push_back((v - m.mean) / std::sqrt(m.variance + 0.01) * scale[plane % 3] +
                     bias[plane % 3]);
    }
  }
  expect_near(y, want, "instance normalization");
}

TEST(BatchNormalization, UsesTheGivenStatistics) {
  const std::vector<Tensor> inputs = {tensor<float>({1, 2, 3, 4}, {1, 2, 2}), vector<float>({2, 1}),
                                      vector<float>({0, 5}), vector<float>({1, 3}),
                                      vector<float>({4, 1})};
  expect_near(values_of<float>(Op::kBatchNormalization, inputs, {{"epsilon", 0.0f}}), {0, 1, 5, 6},
              "batch normalization");
  EXPECT_EQ(code_of(Op::kBatchNormalization, inputs, {{"training_mode", int64_t{1}}}),
            ErrorCode::kModelUnsupported);
}

TEST(Lrn, DividesByItsNeighbourChannels) {
  const Tensor x = random_floats({1, 5, 3});
  for (const float beta : {0.75f, 0.5f, 0.6f}) {
    std::vector<double> want;
    for (int c = 0; c < 5; ++c) {
      for (int i = 0; i < 3; ++i) {
        const auto at = [&](int k) {
          return static_cast<double>(x.values<float>()[static_cast<size_t>(k * 3 + i)]);
        };
        double sum = 0;
        for (int k = std::max(c - 1, 0); k <= std::min(c + 2, 4); ++k) sum += at(k) * at(k);
        want.push_back(at(c) / std::pow(2 + 0.5 / 4 * sum, static_cast<double>(beta)));
      }
    }
    expect_near(
        values_of<float>(Op::kLRN, {x},
                         {{"size", int64_t{4}}, {"alpha", 0.5f}, {"beta", beta}, {"bias", 2.0f}}),
        want, "LRN");
  }
}

}  // namespace
}  // namespace octavo
