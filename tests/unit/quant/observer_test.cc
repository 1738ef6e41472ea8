#include "quant/observer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "quant/observers/count_bins.h"

namespace octavo {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::unique_ptr<Observer> make(const std::string& name, double percentile = 99.99,
                               double momentum = 0.01) {
  Recipe recipe;
  recipe.percentile = percentile;
  recipe.momentum = momentum;
  return find_observer(name)->make(recipe);
}

Range range_of(const Observer& observer) {
  const Result<Range> range = observer.range();
  EXPECT_TRUE(range.ok()) << range.status().to_string();
  return range.ok() ? *range : Range{kNan, kNan};
}

TEST(ExtremesOf, FindsThemWhereverTheyStand) {
  for (size_t size : {1u, 2u, 15u, 16u, 17u, 33u, 100u}) {
    for (size_t place = 0; place < size; ++place) {
      std::vector<float> values(size, 1.0f);
      values[place] = 5.0f;
      EXPECT_EQ(extremes_of(values).max, 5.0f) << size << " " << place;
      values[place] = -5.0f;
      EXPECT_EQ(extremes_of(values).min, -5.0f) << size << " " << place;
    }
  }
}

TEST(ExtremesOf, OfAnySignsAreThoseOfAComparison) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> magnitude(0.001f, 1000.0f);
  for (const float below : {0.0f, 0.5f, 1.0f}) {  // how many are negative
    for (size_t size : {1u, 16u, 100u}) {
      std::vector<float> values(size);
      for (float& x : values) {
        const bool negative = static_cast<float>(random() % 100) < 100 * below;
        x = negative ? -magnitude(random) : magnitude(random);
      }
      const auto [min, max] = std::ranges::minmax(values);
      EXPECT_EQ(extremes_of(values), (Range{min, max}));
      values[0] = kNan;  // passed over
      const Range rest = size == 1 ? Range{kInf, -kInf} : extremes_of(std::span(values).subspan(1));
      EXPECT_EQ(extremes_of(values), rest);
      values[0] = -kInf;
      EXPECT_EQ(extremes_of(values).min, -kInf);
      values[0] = kInf;
      EXPECT_EQ(extremes_of(values).max, kInf);
    }
  }
}

TEST(ExtremesOf, MinusZeroIsZero) {
  const std::vector<float> values = {-0.0f};
  EXPECT_FALSE(std::signbit(extremes_of(values).min));
  EXPECT_FALSE(std::signbit(extremes_of(values).max));
}

TEST(CountBins, FastCountsAreThoseOfThePlainLoop) {
  std::mt19937 random(11);
  for (const int exponent : {-100, -37, 0, 60, 116}) {
    const float width = std::ldexp(1.0f, exponent), end = width * kHalfBins;
    std::vector<float> values = {0.0f, -0.0f, std::nextafter(end, 0.0f),
                                 -std::nextafter(end, 0.0f)};
    for (const float tiny : {1e-45f, 1e-38f, std::numeric_limits<float>::min()}) {
      values.insert(values.end(), {tiny, -tiny});
    }
    for (const float bin : {1.0f, 2.0f, 3.0f, 100.0f, 4095.0f}) {  // edges, and beside them
      for (const float x : {bin * width, -bin * width}) {
        values.insert(values.end(), {x, std::nextafter(x, 0.0f), std::nextafter(x, 2 * x)});
      }
    }
    std::uniform_real_distribution<float> share(-1, 1);
    while (values.size() < 1500) {
      values.push_back(random() % 3 == 0 ? 0.0f : share(random) * std::nextafter(end, 0.0f));
    }
    for (const size_t count : {size_t{0}, size_t{1}, size_t{511}, values.size()}) {
      std::vector<int64_t> fast(2 * kHalfBins + kZeroLanes), plain(fast.size());
      count_bins(std::span(values).first(count), exponent, fast);
      count_bins_ref(std::span(values).first(count), exponent, plain);
      EXPECT_EQ(std::reduce(fast.end() - kZeroLanes, fast.end()), plain[2 * kHalfBins]);
      fast.resize(2 * kHalfBins);
      plain.resize(2 * kHalfBins);
      EXPECT_EQ(fast, plain) << exponent << " " << count;
    }
  }
}

TEST(Observer, NotANumberIsAnErrorThatCounts) {
  for (const ObserverInfo& info : observers()) {
    const auto observer = info.make(Recipe());
    observer->observe(std::vector<float>{1, 2});
    observer->observe(std::vector<float>{1, kNan, -kInf, kNan});
    const Status status = observer->range().status();
    EXPECT_EQ(status.code(), ErrorCode::kCalibrationData) << info.name;
    EXPECT_NE(status.message().find("2 NaN and 1 infinite elements of 6"), std::string::npos)
        << status.message();
  }
}

TEST(Observer, FiniteValuesWhoseSumIsNotAreFine) {
  const float largest = std::numeric_limits<float>::max();
  const auto observer = make("min_max");
  observer->observe(std::vector<float>(64, largest));
  observer->observe(std::vector<float>(64, -largest));
  EXPECT_EQ(range_of(*observer), (Range{-largest, largest}));
}

TEST(Observer, NothingSeenIsAnError) {
  for (const ObserverInfo& info : observers()) {
    const auto observer = info.make(Recipe());
    observer->observe({});
    EXPECT_EQ(observer->range().status().code(), ErrorCode::kCalibrationData) << info.name;
  }
}

TEST(MinMax, HoldsAllThatWasSeen) {
  const auto observer = make("min_max");
  observer->observe(std::vector<float>{1, 2});
  observer->observe(std::vector<float>{-3, 0});
  EXPECT_EQ(range_of(*observer), (Range{-3, 2}));
}

TEST(MovingAverage, StartsAtTheFirstSampleAndMovesByMomentum) {
  const auto observer = make("moving_average", 99.99, 0.25);
  observer->observe(std::vector<float>{-1, 4});
  observer->observe(std::vector<float>{-5, 8});
  observer->observe(std::vector<float>{-2, 5});
  EXPECT_EQ(range_of(*observer), (Range{-2, 5}));  // -1 -> -2 -> -2, 4 -> 5 -> 5
}

TEST(MovingAverage, BeginsAtTheFirstOfTheLast4096Samples) {
  const auto observer = make("moving_average", 99.99, 1e-6);
  observer->observe(std::vector<float>{-100, 100});
  for (int i = 0; i < 4095; ++i) observer->observe(std::vector<float>{-1, 1});
  EXPECT_GT(range_of(*observer).max, 99);
  observer->observe(std::vector<float>{-1, 1});
  EXPECT_EQ(range_of(*observer), (Range{-1, 1}));
}

TEST(Percentile, CutsBothTailsAlike) {
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) values.push_back(static_cast<float>(i) + 0.5f);
  const auto observer = make("percentile", 90);
  observer->observe(values);
  const Range range = range_of(*observer);
  EXPECT_NEAR(range.min, 50, 0.5);
  EXPECT_NEAR(range.max, 950, 0.5);
}

TEST(Percentile, OneOutlierInManyIsCut) {
  std::vector<float> values(100000, 1.0f);
  values[7] = 1000;
  const auto observer = make("percentile", 99.9);
  observer->observe(values);
  EXPECT_LT(range_of(*observer).max, 1.5f);
}

TEST(Percentile, HundredPerCentIsMinMax) {
  const auto observer = make("percentile", 100);
  observer->observe(std::vector<float>{-0.37f, 0.1f, 2.71f});
  EXPECT_EQ(range_of(*observer), (Range{-0.37f, 2.71f}));
}

TEST(Percentile, InterpolatesInsideOfABin) {
  // 4095.5 makes bins of width 1; all others lie in the bin [0, 1).
  std::vector<float> values(999, 0.25f);
  values.push_back(4095.5f);
  const auto observer = make("percentile", 50);
  observer->observe(values);
  // The quarter of 1000 is 250 of the 999 in the bin; what that gives lies within min and max.
  EXPECT_FLOAT_EQ(range_of(*observer).min, 250.0f / 999);
  EXPECT_FLOAT_EQ(range_of(*observer).max, 750.0f / 999);
}

TEST(Percentile, ConstantAndTinyValuesGiveThemselves) {
  for (float x : {0.0f, 1.0f, -3.5f, 1e-38f, -std::numeric_limits<float>::denorm_min(),
                  std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()}) {
    const auto observer = make("percentile");
    observer->observe(std::vector<float>(10, x));
    EXPECT_EQ(range_of(*observer), (Range{x, x}));
  }
}

// The definition of observer mse, summed bin by bin: 8192 bins of a power of two, values at
// centres.
class PlainCosts {
 public:
  explicit PlainCosts(const std::vector<float>& values) {
    const auto smaller = [](float a, float b) { return std::fabs(a) < std::fabs(b); };
    const float most = std::fabs(*std::ranges::max_element(values, smaller));
    width_ = std::ldexp(1.0, std::ilogb(most) + 1 - 12);
    for (const float x : values) ++bins_[static_cast<int>(std::floor(x / width_))];
  }
  double of(int low, int high) const {  // edges in bins
    const double step = (high - low) * width_ / 255;
    double sum = 0;
    for (const auto& [bin, count] : bins_) {
      const double x = (bin + 0.5) * width_;
      if (bin < low) sum += count * (x - low * width_) * (x - low * width_);
      if (bin >= high) sum += count * (x - high * width_) * (x - high * width_);
      if (bin >= low && bin < high && bin != 0) sum += count * step * step / 12;
    }
    return sum;
  }
  double width() const { return width_; }

 private:
  double width_;
  std::map<int, int> bins_;
};

// So many that steps of eight bits cost more than the two farthest values.
std::vector<float> heavy_tailed(bool two_sided) {
  std::mt19937 random(7);
  std::vector<float> values = {60, two_sided ? -40.0f : 0.0f};
  for (int i = 0; i < 500000; ++i) {
    const float x = -std::log((static_cast<float>(random() % 100000) + 1) / 100001);
    values.push_back(two_sided && i % 3 == 0 ? -x / 2 : x);
  }
  return values;
}

TEST(Mse, OfOneSignNoOtherEndCostsLess) {
  const std::vector<float> values = heavy_tailed(false);
  const auto observer = make("mse");
  observer->observe(values);
  const Range range = range_of(*observer);
  const PlainCosts costs(values);
  int best = 1;
  for (int edge = 1; edge <= 4096; ++edge) {
    if (costs.of(0, edge) < costs.of(0, best)) best = edge;
  }
  EXPECT_LT(best * costs.width(), 0.9 * *std::ranges::max_element(values)) << "something is cut";
  EXPECT_FLOAT_EQ(range.max, static_cast<float>(best * costs.width()));
}

TEST(Mse, OfBothSignsNeitherEndGainsByMoving) {
  const std::vector<float> values = heavy_tailed(true);
  const auto observer = make("mse");
  observer->observe(values);
  const Range range = range_of(*observer);
  const PlainCosts costs(values);
  const auto edge = [&](float x) { return static_cast<int>(std::lround(x / costs.width())); };
  const int low = edge(range.min), high = edge(range.max);
  const double least = costs.of(low, high) * (1 - 1e-9);
  for (int other = 1; other <= 4096; ++other) EXPECT_GE(costs.of(low, other), least) << other;
  for (int other = -4096; other <= 0; ++other) EXPECT_GE(costs.of(other, high), least) << other;
  const auto [min, max] = std::ranges::minmax(values);
  EXPECT_LT(costs.of(low, high), 0.9 * costs.of(edge(min) - 1, edge(max) + 1));
}

TEST(Mse, ConstantAndTinyValuesGiveThemselves) {
  for (float x : {0.0f, 1.0f, -3.5f, 1e-38f, -std::numeric_limits<float>::denorm_min(),
                  std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()}) {
    const auto observer = make("mse");
    observer->observe(std::vector<float>(10, x));
    EXPECT_EQ(range_of(*observer), (Range{x, x})) << x;
  }
}

std::vector<std::byte> state_of(const Observer& observer) {
  ByteWriter out;
  observer.write(out);
  return out.bytes();
}

// Samples of very different magnitudes, so that shards have different bins.
std::vector<std::vector<float>> samples() {
  std::mt19937 random(1);
  std::vector<std::vector<float>> made;
  for (int i = 0; i < 12; ++i) {
    std::vector<float> sample;
    const float magnitude = std::ldexp(1.0f, static_cast<int>(random() % 40) - 20);
    for (int j = 0; j < 301; ++j) {
      sample.push_back(magnitude * (static_cast<float>(random() % 20001) / 10000 - 1));
    }
    sample.push_back(-std::numeric_limits<float>::denorm_min());
    made.push_back(std::move(sample));
  }
  return made;
}

class EveryObserver : public testing::TestWithParam<std::string> {};

TEST_P(EveryObserver, MergedShardsEqualOnePass) {
  const auto all = samples();
  const auto one_pass = make(GetParam(), 97);
  for (const auto& sample : all) one_pass->observe(sample);
  for (size_t shards : {2u, 3u, 5u, 12u}) {
    const auto merged = make(GetParam(), 97);
    for (size_t s = 0; s < shards; ++s) {
      const auto shard = make(GetParam(), 97);
      for (size_t i = all.size() * s / shards; i < all.size() * (s + 1) / shards; ++i) {
        shard->observe(all[i]);
      }
      merged->merge(*shard);
    }
    EXPECT_EQ(range_of(*merged), range_of(*one_pass)) << shards;
    EXPECT_EQ(state_of(*merged), state_of(*one_pass)) << shards;
  }
}

// What is kept of a value, however many samples there are.
TEST_P(EveryObserver, StateDoesNotGrowWithSamples) {
  constexpr size_t kMost = 33000;  // bytes
  std::mt19937 random(2);
  const auto observer = make(GetParam(), 97);
  for (int i = 0; i < 20000; ++i) {
    const float x = static_cast<float>(random() % 100003);
    observer->observe(std::vector<float>{-x, x / 3, x});
  }
  EXPECT_LT(state_of(*observer).size(), kMost);
}

TEST_P(EveryObserver, StateSurvivesBytes) {
  const auto all = samples();
  for (size_t seen : {size_t{0}, size_t{1}, all.size()}) {
    const auto observer = make(GetParam(), 97);
    for (size_t i = 0; i < seen; ++i) observer->observe(all[i]);
    const std::vector<std::byte> state = state_of(*observer);
    const auto again = make(GetParam(), 97);
    ByteReader in(state);
    again->read(in);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(state_of(*again), state);
    observer->observe(all[0]);
    again->observe(all[0]);
    EXPECT_EQ(state_of(*again), state_of(*observer));
  }
}

TEST_P(EveryObserver, NotANumberSurvivesBytes) {
  const auto observer = make(GetParam());
  observer->observe(std::vector<float>{1, kNan, kInf});
  const std::vector<std::byte> state = state_of(*observer);
  const auto again = make(GetParam());
  ByteReader in(state);
  again->read(in);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(again->range().status().message(), observer->range().status().message());
}

// What is read of damaged bytes is refused, or can be used like any other.
TEST_P(EveryObserver, DamagedStatesAreRefusedOrHarmless) {
  const auto observer = make(GetParam(), 97);
  for (size_t i = 0; i < 3; ++i) observer->observe(samples()[i]);
  const std::vector<std::byte> state = state_of(*observer);
  const auto use = [&](std::span<const std::byte> bytes) {
    const auto damaged = make(GetParam(), 97);
    ByteReader in(bytes);
    damaged->read(in);
    if (!in.ok()) return false;
    damaged->merge(*observer);
    damaged->observe(samples()[0]);
    EXPECT_TRUE(damaged->range().ok() || !damaged->range().status().message().empty());
    return true;
  };
  for (size_t size = 0; size < state.size(); ++size)
    EXPECT_FALSE(use(std::span(state).first(size)));
  for (size_t place = 0; place < std::min<size_t>(state.size(), 60); ++place) {
    for (const int change : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> bytes = state;
      bytes[place] ^= std::byte(change);
      use(bytes);
    }
  }
}

std::vector<std::string> observer_names() {
  std::vector<std::string> names;
  for (const ObserverInfo& info : observers()) names.emplace_back(info.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, EveryObserver, testing::ValuesIn(observer_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace octavo
