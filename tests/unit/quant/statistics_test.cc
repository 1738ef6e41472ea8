#include "quant/statistics.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

const std::vector<std::string> kValues = {"even", "tailed", "never asked for"};
constexpr int kSamples = 6;

Recipe recipe_of(const std::string& observer, double percentile = 99.99) {
  Recipe recipe;
  recipe.observer = observer;
  recipe.percentile = percentile;
  return recipe;
}

void observe(Statistics& statistics, int begin, int end) {
  for (int i = begin; i < end; ++i) {
    Noise noise(static_cast<uint32_t>(i));
    std::vector<float> even(5000), tailed(5000);
    for (float& x : even) x = noise.real(-1, 2);
    for (float& x : tailed) {
      const float u = noise.real(-1, 1);
      x = 5 * u * u * u * u * u * u * u;
    }
    tailed[3] = 40.0f + static_cast<float>(i);
    statistics.observer(0).observe(even);
    statistics.observer(1).observe(tailed);
    statistics.count_sample();
  }
}

Statistics statistics_of(const Recipe& recipe) {
  Statistics statistics(kValues, recipe);
  observe(statistics, 0, kSamples);
  return statistics;
}

void expect_same(const Ranges& a, const Ranges& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& [name, range] : a) {
    ASSERT_TRUE(b.count(name)) << name;
    EXPECT_EQ(range.range, b.at(name).range) << name;
    EXPECT_EQ(range.count, b.at(name).count) << name;
  }
}

std::vector<RangeChoice> choices_of(const Statistics& statistics) {
  auto choices = statistics.choices();
  EXPECT_TRUE(choices.ok()) << choices.status().to_string();
  return choices.ok() ? *std::move(choices) : std::vector<RangeChoice>{};
}

TEST(Statistics, ChoicesOfAutoAreWhatEachObserverAloneGives) {
  const std::vector<RangeChoice> choices = choices_of(statistics_of(recipe_of(kAuto)));
  const std::pair<const char*, Recipe> wanted[] = {
      {"min_max", recipe_of("min_max")},
      {"percentile 99.999", recipe_of("percentile", 99.999)},
      {"percentile 99.99", recipe_of("percentile", 99.99)},
      {"mse", recipe_of("mse")},
  };
  ASSERT_EQ(choices.size(), std::size(wanted));
  for (size_t i = 0; i < choices.size(); ++i) {
    SCOPED_TRACE(wanted[i].first);
    EXPECT_EQ(choices[i].name, wanted[i].first);
    expect_same(choices[i].ranges, *statistics_of(wanted[i].second).ranges());
  }
  EXPECT_FALSE(choices[0].ranges.at("tailed").range == choices[3].ranges.at("tailed").range);
}

TEST(Statistics, OfAutoHaveTheWidestRangesUntilOneIsChosen) {
  expect_same(*statistics_of(recipe_of(kAuto)).ranges(),
              *statistics_of(recipe_of("min_max")).ranges());
}

TEST(Statistics, OfAFixedObserverLeaveNoChoice) {
  EXPECT_TRUE(choices_of(statistics_of(recipe_of("mse"))).empty());
}

TEST(Statistics, WhatIsNeverAskedForHasNoRange) {
  for (const char* observer : {kAuto, "min_max"}) {
    EXPECT_FALSE((*statistics_of(recipe_of(observer)).ranges()).count("never asked for"));
  }
}

TEST(Statistics, MergedShardsEqualOnePass) {
  const Recipe recipe = recipe_of(kAuto);
  const Statistics one = statistics_of(recipe);
  Statistics first(kValues, recipe), second(kValues, recipe);
  observe(first, 0, 2);
  observe(second, 2, kSamples);
  first.merge(second);
  EXPECT_EQ(first.samples(), kSamples);
  ByteWriter a, b;
  one.write(a);
  first.write(b);
  EXPECT_TRUE(std::ranges::equal(a.bytes(), b.bytes()));
  const std::vector<RangeChoice> wanted = choices_of(one), found = choices_of(first);
  ASSERT_EQ(found.size(), wanted.size());
  for (size_t i = 0; i < found.size(); ++i) expect_same(found[i].ranges, wanted[i].ranges);
}

TEST(Statistics, ValueThatHeldNanIsNamed) {
  Statistics statistics(kValues, recipe_of(kAuto));
  observe(statistics, 0, 1);
  statistics.observer(1).observe(std::vector<float>{std::numeric_limits<float>::quiet_NaN()});
  EXPECT_EQ(statistics.choices().status().code(), ErrorCode::kCalibrationData);
  EXPECT_EQ(statistics.choices().status().where(), "value 'tailed'");
}

}  // namespace
}  // namespace octavo
