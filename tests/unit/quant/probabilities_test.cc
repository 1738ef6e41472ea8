#include "quant/probabilities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace octavo {
namespace {

TEST(Probabilities, ScoresThatAddUpToOneAreTakenAsTheyAre) {
  EXPECT_TRUE(are_probabilities(std::vector<float>{0.25f, 0.75f}));
  EXPECT_FALSE(are_probabilities(std::vector<float>{0.25f, 0.8f}));
  EXPECT_FALSE(are_probabilities(std::vector<float>{-0.25f, 1.25f}));
  const std::vector<double> p = to_probabilities(std::vector<float>{0.25f, 0.75f}, true);
  EXPECT_EQ(p, (std::vector<double>{0.25, 0.75}));
}

TEST(Probabilities, OthersGoThroughASoftmaxThatDoesNotOverflow) {
  const std::vector<double> p =
      to_probabilities(std::vector<float>{1000, 1000 + std::log(3.0f)}, false);
  EXPECT_NEAR(p[0], 0.25, 1e-5);
  EXPECT_NEAR(p[1], 0.75, 1e-5);
}

TEST(Probabilities, WhatIsNoNumberTellsNothing) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(to_probabilities(std::vector<float>{nan, 1}, false), (std::vector<double>{0.5, 0.5}));
}

TEST(Probabilities, DivergenceIsThatOfTheTextbook) {
  const std::vector<double> p = {0.5, 0.5}, q = {0.9, 0.1};
  EXPECT_NEAR(kl_divergence(p, q), 0.5 * std::log(0.5 / 0.9) + 0.5 * std::log(0.5 / 0.1), 1e-6);
  EXPECT_EQ(kl_divergence(p, p), 0);
  EXPECT_EQ(kl_divergence(std::vector<double>{1, 0}, std::vector<double>{1, 0}), 0);
}

TEST(Probabilities, AZeroWhereThereIsSomethingIsDearButFinite) {
  const double kl = kl_divergence(std::vector<double>{0.5, 0.5}, std::vector<double>{1, 0});
  EXPECT_NEAR(kl, 0.5 * std::log(0.5) + 0.5 * std::log(0.5e7), 1e-4);
}

}  // namespace
}  // namespace octavo
