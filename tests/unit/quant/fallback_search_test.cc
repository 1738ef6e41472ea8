#include "quant/fallback_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace octavo {
namespace {

// Layers of an invented model: what each loses as int8, and its multiply-adds.
struct Model {
  std::vector<double> loss;
  std::vector<int64_t> macs;

  std::vector<QuantizedLayer> layers() const {
    std::vector<QuantizedLayer> all;
    for (size_t i = 0; i < macs.size(); ++i) {
      all.push_back({"layer " + std::to_string(i), "Conv", macs[i]});
    }
    return all;
  }

  Tried tried(const Kept& kept) const {
    double lost = 0, integer = 0;
    for (size_t i = 0; i < loss.size(); ++i) {
      if (std::find(kept.begin(), kept.end(), static_cast<int>(i)) != kept.end()) continue;
      lost += loss[i];
      integer += static_cast<double>(macs[i]);
    }
    Verdict verdict{.sqnr_db = 20, .agreement = 1 - lost, .overlap = 1 - lost, .kl = lost};
    const double all = std::accumulate(macs.begin(), macs.end(), 0.0);
    return {verdict, integer / all};
  }

  // All trials that the search asks for.
  Search searched(const Goal& goal, Trials& trials) const {
    for (;;) {
      Search now = search(layers(), goal, trials);
      if (!now.next) return now;
      EXPECT_FALSE(trials.contains(*now.next)) << "a trial is made twice";
      EXPECT_LT(now.done, now.steps);
      if (trials.size() > 1000) return now;
      trials[*now.next] = tried(*now.next);
    }
  }

  Search searched(const Goal& goal) const {
    Trials trials;
    return searched(goal, trials);
  }
};

Goal agreement_of(double per_cent, double min_int8 = 0) {
  Goal goal;
  goal.min_agreement = per_cent;
  goal.min_int8 = min_int8;
  return goal;
}

TEST(FallbackSearch, TriesNothingWhereTheGoalIsMetAlready) {
  const Model model{{0.01, 0.02}, {100, 100}};
  Trials trials;
  const Search found = model.searched(agreement_of(95), trials);
  EXPECT_TRUE(found.met);
  EXPECT_TRUE(found.best.empty());
  EXPECT_EQ(trials.size(), 1u);
}

TEST(FallbackSearch, KeepsTheLayerThatGainsMostByItsCost) {
  const Model model{{0.02, 0.03, 0.03, 0.001}, {1000, 5000, 500, 100}};
  const Search found = model.searched(agreement_of(94.5));
  EXPECT_TRUE(found.met);
  EXPECT_EQ(found.best, Kept{2});
}

TEST(FallbackSearch, KeepsSeveralWhereOneIsNotEnough) {
  const Model model{{0.02, 0.001, 0.03, 0.03}, {100, 100, 100, 100}};
  const Search found = model.searched(agreement_of(97.5));
  EXPECT_TRUE(found.met);
  EXPECT_EQ(found.best, (Kept{2, 3}));
}

// The small gain by a small cost is taken first, and is not needed in the end.
TEST(FallbackSearch, TakesBackWhatIsNotNeeded) {
  const Model model{{0.004, 0.05}, {10, 1000}};
  const Search found = model.searched(agreement_of(99));
  EXPECT_TRUE(found.met);
  EXPECT_EQ(found.best, Kept{1});
}

TEST(FallbackSearch, LeavesSoMuchInIntegersAsTheGoalSays) {
  const Model model{{0.05, 0.02, 0.02}, {800, 100, 100}};
  const Search found = model.searched(agreement_of(96, 75));
  EXPECT_FALSE(found.met);  // the layer that loses most has 80 %
  EXPECT_EQ(found.best, (Kept{1, 2}));
  EXPECT_TRUE(model.searched(agreement_of(95, 75)).met);
}

TEST(FallbackSearch, GoesOnFromItsTrialsAlone) {
  const Model model{{0.02, 0.01, 0.03, 0.025, 0.004}, {300, 200, 100, 400, 10}};
  const Goal goal = agreement_of(98);
  Trials all;
  const Search whole = model.searched(goal, all);
  for (size_t known = 0; known <= all.size(); ++known) {
    Trials some;
    while (some.size() < known) {
      const Kept next = *search(model.layers(), goal, some).next;
      some[next] = model.tried(next);
    }
    const Search found = model.searched(goal, some);
    EXPECT_EQ(found.best, whole.best) << known;
    EXPECT_TRUE(some == all) << known;
  }
}

// One of the counts in coarse steps: the goal is met without the outputs coming nearer.
TEST(FallbackSearch, DoesNotTakeLuckForGain) {
  const std::vector<QuantizedLayer> layers = {{"a", "Conv", 1}, {"b", "Conv", 100}};
  Goal goal;
  goal.max_drop = 0.5;
  goal.min_int8 = 0;
  Trials trials;
  for (;;) {
    const Search now = search(layers, goal, trials);
    if (!now.next) {
      EXPECT_TRUE(now.met);
      EXPECT_EQ(now.best, Kept{1});
      break;
    }
    const bool lucky = *now.next == Kept{0}, good = !now.next->empty() && now.next->back() == 1;
    const double kl = lucky ? 0.011 : good ? 0.005 : 0.01;
    const double drop = now.next->empty() ? 0.01 : 0;
    trials[*now.next] = {{.kl = kl, .top1_drop = drop, .confidence_drop = 0}, 0.9};
    ASSERT_LT(trials.size(), 10u);
  }
}

TEST(FallbackSearch, EndsWhereThereAreNoLayers) {
  const Model model{{}, {}};
  Trials trials;
  trials[{}] = {{.sqnr_db = 1, .agreement = 0.5, .overlap = 0.5, .kl = 1}, 0};
  const Search found = search({}, agreement_of(99), trials);
  EXPECT_FALSE(found.next);
  EXPECT_FALSE(found.met);
}

TEST(FallbackGoal, OfADropIsMetWhereCountAndProbabilitiesHold) {
  Goal goal;
  goal.max_drop = 0.5;
  const auto with = [&](double top1, double confidence, double error = 0) {
    const Verdict verdict{.top1_drop = top1, .top1_error = error, .confidence_drop = confidence};
    return meets(goal, {verdict, 1}, error > 0);
  };
  EXPECT_TRUE(with(0.005, 0.005));
  EXPECT_TRUE(with(-0.02, 0));
  EXPECT_FALSE(with(0.01, 0));
  EXPECT_TRUE(with(0.02, 0, 0.015)) << "two of a hundred, where more than two changed sides";
  EXPECT_FALSE(with(0.02, 0, 0.01));
  EXPECT_FALSE(with(0, 0.006));
  EXPECT_FALSE(meets(goal, {})) << "what is not known is not met";
}

}  // namespace
}  // namespace octavo
