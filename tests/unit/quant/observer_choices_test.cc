// Every range that an observer of a distribution chooses, against its method written down once more
// as its source has it: loops over plain lists, without streaming. Where a twin sees values and not
// bins, the values lie so that bins lose nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <random>

#include "base/double_log.h"
#include "quant/observer.h"

namespace octavo {
namespace {

using Values = std::vector<float>;

Range chosen(const std::string& observer, const std::vector<Values>& samples,
             double percentile = 99.99) {
  Recipe recipe;
  recipe.percentile = percentile;
  const auto made = find_observer(observer)->make(recipe);
  for (const Values& sample : samples) made->observe(sample);
  const Result<Range> range = made->range();
  EXPECT_TRUE(range.ok()) << range.status().to_string();
  return range.ok() ? *range : Range{};
}

void expect_near(Range found, Range wanted) {
  EXPECT_NEAR(found.min, wanted.min, 1e-6 * std::fabs(wanted.min));
  EXPECT_NEAR(found.max, wanted.max, 1e-6 * std::fabs(wanted.max));
}

TEST(DoubleLog, IsThatOfTheLibraryToTheLastBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100000; ++i) {
    const double x = std::ldexp(1 + static_cast<double>(random() >> 11) * 0x1p-53,
                                static_cast<int>(random() % 2000) - 1000);
    EXPECT_NEAR(double_log(x), std::log(x), 4e-16 * std::max(1.0, std::fabs(std::log(x)))) << x;
  }
  EXPECT_EQ(double_log(1), 0);
  EXPECT_NEAR(double_log(5e-324), -744.4400719213812, 1e-12);
}

// --- data ----------------------------------------------------------------------------------------

// Many small magnitudes and few large ones up to `largest`; `zeros` of all are 0, as behind a Relu.
Values tailed(double largest, bool two_sided, double zeros, int seed) {
  std::mt19937 random(static_cast<unsigned>(seed));
  const auto uniform = [&] { return (static_cast<double>(random() % 1000003) + 0.5) / 1000003; };
  Values values;
  for (int i = 0; i < 60000; ++i) {
    const double magnitude = -std::log(uniform()) * largest / 14;
    const bool zero = uniform() < zeros, negative = two_sided && i % 2 == 1;
    const double x = zero ? 0 : std::min(magnitude, 0.99 * largest);
    values.push_back(static_cast<float>(negative ? -x : x));
  }
  values[7] = static_cast<float>(largest);
  return values;
}

struct Case {
  const char* name;
  Values values;
};

std::vector<Case> cases() {
  return {
      {"one-sided", tailed(2, false, 0.4, 1)},
      {"two-sided", tailed(2, true, 0, 2)},
      {"no power of two", tailed(2.71, true, 0.1, 3)},
      {"two values", {0.3f, 1.7f, 1.7f, 1.7f}},
      {"two signs", {-2, -2, 0.1f, 0}},
      {"evenly spread",
       [] {
         Values values;
         for (int i = 0; i < 4096; ++i) values.push_back((static_cast<float>(i) - 2047.5f) / 1024);
         return values;
       }()},
      {"all above zero",
       [] {
         Values values;
         for (int i = 0; i < 3000; ++i) values.push_back(1 + static_cast<float>(i) / 3001);
         return values;
       }()},
  };
}

// Magnitudes by the power-of-two bins that observers keep, without zeros.
struct Bins {
  double width = 1, largest = 0;
  std::map<int, double> counts;

  explicit Bins(const Values& values) {
    for (const float x : values) largest = std::max(largest, std::fabs(static_cast<double>(x)));
    while (largest >= 4096 * width) width *= 2;
    while (largest < 2048 * width) width /= 2;
    for (const float x : values) {
      const double place = x / width;
      if (x > 0) ++counts[static_cast<int>(std::floor(place))];
      if (x < 0) ++counts[static_cast<int>(std::ceil(-place)) - 1];  // (i, i + 1] below zero
    }
  }
};

Range limited(const Values& values, double threshold) {
  const auto [min, max] = std::ranges::minmax(values);
  const float t = static_cast<float>(threshold);
  return {std::clamp(min, -t, t), std::clamp(max, -t, t)};
}

// --- KL ------------------------------------------------------------------------------------------

double overlap(double begin, double end, double other_begin, double other_end) {
  return std::max(0.0, std::min(end, other_end) - std::max(begin, other_begin));
}

std::vector<double> bins_of_2048(const Bins& bins) {
  const double width = bins.largest / 2048;
  std::vector<double> made(2048);
  for (const auto& [bin, count] : bins.counts) {
    for (int i = 0; i < 2048; ++i) {
      const double end = i == 2047 ? 1e30 : (i + 1) * width;
      made[static_cast<size_t>(i)] +=
          count * overlap(bin * bins.width, (bin + 1) * bins.width, i * width, end) / bins.width;
    }
  }
  return made;
}

// The number of bins that ncnn (start 0, smoothing 1e-4) and MNN (1e-7, 0) choose.
int kl_bins(std::vector<double> h, double start, double smoothing) {
  for (double& count : h) count += start;
  const double sum = std::accumulate(h.begin(), h.end(), 0.0);
  for (double& count : h) count /= sum;
  int best = 128;
  double least = std::numeric_limits<double>::max();
  for (int t = 128; t < 2048; ++t) {
    const auto size = static_cast<size_t>(t);
    std::vector<double> p(size, smoothing), q(size, smoothing);
    for (size_t j = 0; j < 2048; ++j) p[std::min(j, size - 1)] += h[j];
    const double length = t / 128.0;
    for (int b = 0; b < 128; ++b) {
      double level = 0;
      for (int j = static_cast<int>(b * length); j < (b + 1) * length; ++j) {
        level += h[static_cast<size_t>(j)] * overlap(j, j + 1, b * length, (b + 1) * length);
      }
      level /= length;
      for (int j = static_cast<int>(b * length); j < (b + 1) * length; ++j) {
        q[static_cast<size_t>(j)] += level * overlap(j, j + 1, b * length, (b + 1) * length);
      }
    }
    double kl = 0;
    for (size_t j = 0; j < size; ++j) kl += p[j] * std::log(p[j] / q[j]);
    if (kl < least) {
      least = kl;
      best = t;
    }
  }
  return best;
}

TEST(KlNcnn, IsThePlainSearch) {
  for (const auto& [name, values] : cases()) {
    SCOPED_TRACE(name);
    const Bins bins(values);
    const int t = kl_bins(bins_of_2048(bins), 0, 1e-4);
    expect_near(chosen("kl_ncnn", {values}), limited(values, (t + 0.5) * bins.largest / 2048));
  }
}

TEST(KlMnn, IsThePlainSearch) {
  for (const auto& [name, values] : cases()) {
    SCOPED_TRACE(name);
    const Bins bins(values);
    const int t = kl_bins(bins_of_2048(bins), 1e-7, 0);
    expect_near(chosen("kl_mnn", {values}), limited(values, (t + 0.5) * bins.largest / 2048));
  }
}

// Where the largest magnitude is a power of two, the bins are the originals' own.
TEST(KlNcnn, OfBinsThatNeedNoSpreadingIsNcnnsOwn) {
  for (const bool two_sided : {false, true}) {
    const Values values = tailed(2, two_sided, 0.3, 5);
    std::vector<double> h(2048);
    for (const float x : values) {
      if (x != 0) ++h[std::min(static_cast<size_t>(std::fabs(x) / 2 * 2048), size_t{2047})];
    }
    const double t = kl_bins(h, 0, 1e-4) + 0.5;
    EXPECT_LT(t, 1500) << "something is cut";
    expect_near(chosen("kl_ncnn", {values}), limited(values, t * 2 / 2048));
  }
}

TEST(KlMnn, BelowItsLeastMagnitudeIsTheExtremes) {
  EXPECT_EQ(chosen("kl_mnn", {{-1e-6f, 3e-6f, 2e-6f}}), (Range{-1e-6f, 3e-6f}));
}

TEST(KlMnn, OfSmallPlanesIsTheExtremes) {
  const Values values = tailed(2, true, 0.3, 5);
  const auto [min, max] = std::ranges::minmax(values);
  for (const auto& [plane, whole] : {std::pair(1, true), {99, true}, {100, false}, {0, false}}) {
    const auto observer = find_observer("kl_mnn")->make(Recipe());
    observer->observe(values, plane);
    EXPECT_EQ(*observer->range() == (Range{min, max}), whole) << plane;
  }
}

// --- ONNX Runtime's entropy ----------------------------------------------------------------------

std::vector<double> smooth(std::vector<double> counts) {
  double zeros = 0;
  for (const double c : counts) zeros += c == 0;
  const double others = static_cast<double>(counts.size()) - zeros;
  if (others == 0) return {};
  for (double& c : counts) c += c == 0 ? 1e-4 : -1e-4 * zeros / others;
  return counts;
}

double entropy(const std::vector<double>& p, const std::vector<double>& q) {
  if (p.empty() || q.empty()) return std::numeric_limits<double>::infinity();
  const double of_p = std::accumulate(p.begin(), p.end(), 0.0);
  const double of_q = std::accumulate(q.begin(), q.end(), 0.0);
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    sum += p[i] / of_p * std::log((p[i] / of_p) / (q[i] / of_q));
  }
  return sum;
}

// Samples one by one, whole counts, bins added as samples need them.
Range entropy_range(const std::vector<Values>& samples) {
  double t = 0, width = 0;
  Range extremes{0, 0};
  std::vector<double> hist;
  for (const Values& sample : samples) {
    const auto [min, max] = std::ranges::minmax(sample);
    extremes = {std::min(extremes.min, min), std::max(extremes.max, max)};
    const double needed = std::max(-min, max);
    if (hist.empty()) {
      t = needed;
      width = t / 64;
      hist.resize(128);
    } else if (needed > t) {
      const int added = static_cast<int>(std::floor((needed - t) / width)) + 1;
      t += added * width;
      std::vector<double> wider(static_cast<size_t>(added));
      wider.insert(wider.end(), hist.begin(), hist.end());
      wider.resize(wider.size() + static_cast<size_t>(added));
      hist = wider;
    }
    for (const float x : sample) {
      ++hist[std::min(static_cast<size_t>((x + t) / width), hist.size() - 1)];
    }
  }
  const int bins = static_cast<int>(hist.size()), zero = bins / 2;
  double least = std::numeric_limits<double>::infinity();
  Range best;
  for (int i = 64; i <= zero; ++i) {
    const int begin = zero - i, end = std::min(zero + i + 1, bins);
    const std::vector<double> kept(hist.begin() + begin, hist.begin() + end);
    std::vector<double> p = kept, quantized(128), q(kept.size());
    p.front() += std::accumulate(hist.begin(), hist.begin() + begin, 0.0);
    p.back() += std::accumulate(hist.begin() + end, hist.end(), 0.0);
    const size_t merged = kept.size() / 128;
    for (size_t j = 0; j < kept.size(); ++j)
      quantized[std::min(j / merged, size_t{127})] += kept[j];
    for (size_t b = 0; b < 128; ++b) {
      int filled = 0;
      for (size_t j = b * merged; j < (b + 1) * merged; ++j) filled += p[j] != 0;
      if (filled == 0) continue;
      for (size_t j = b * merged; j < (b + 1) * merged; ++j) {
        q[j] = static_cast<double>(static_cast<int64_t>(quantized[b] / filled));
      }
    }
    const double kl = entropy(smooth(p), smooth(q));
    if (kl < least) {
      least = kl;
      best = {static_cast<float>((begin - zero) * width), static_cast<float>((end - zero) * width)};
    }
  }
  return {std::max(best.min, extremes.min), std::min(best.max, extremes.max)};
}

TEST(KlOnnxRuntime, IsItsSearchOverBinsThatGrow) {
  // The first sample gives bins of 1 / 64, which finer ones of 1 / 1024 fill exactly.
  for (const bool two_sided : {false, true}) {
    std::vector<Values> samples = {tailed(1, two_sided, 0.3, 1)};
    for (const double largest : {0.7, 1.9, 1.2, 3.3, 2.6}) {
      samples.push_back(tailed(largest, two_sided, 0.3, static_cast<int>(samples.size()) + 1));
    }
    const Range wanted = entropy_range(samples);
    EXPECT_LT(wanted.max, 3.3f) << "something is cut";
    expect_near(chosen("kl_onnxruntime", samples), wanted);
  }
}

TEST(KlOnnxRuntime, CutsNothingOfTheFirstSample) {
  const Values values = tailed(3, true, 0, 9);
  const auto [min, max] = std::ranges::minmax(values);
  EXPECT_EQ(chosen("kl_onnxruntime", {values}), (Range{min, max}));
  EXPECT_EQ(chosen("kl_onnxruntime", {Values(9), values}), (Range{min, max}))
      << "zeros do not count";
}

TEST(KlOnnxRuntime, SurvivesAFirstSampleOfAlmostNothing) {
  const Range range = chosen("kl_onnxruntime", {{1e-30f}, tailed(3, false, 0, 9)});
  EXPECT_GT(range.max, 0);
  EXPECT_LE(range.max, 3);
}

// --- the others ----------------------------------------------------------------------------------

TEST(Admm, IsTheAlternatingFit) {
  for (const auto& [name, values] : cases()) {
    SCOPED_TRACE(name);
    const Bins bins(values);
    double alpha = bins.largest / (127 * 2.5);
    for (int round = 0; round < 300; ++round) {
      double products = 0, squares = 0;
      for (const auto& [bin, count] : bins.counts) {
        const double begin = bin * bins.width, end = (bin + 1) * bins.width;
        for (int q = 1; q <= 127; ++q) {
          const double from = std::max(begin, (q - 0.5) * alpha);
          const double to = q == 127 ? end : std::min(end, (q + 0.5) * alpha);
          if (from >= to) continue;
          const double share = count * (to - from) / bins.width;
          products += share * q * (from + to) / 2;
          squares += share * q * q;
        }
      }
      alpha = products / squares;
    }
    expect_near(chosen("admm", {values}), limited(values, 127 * alpha));
  }
}

// MNN's fit has many ends; those from bins and from the values themselves cost the same.
TEST(Admm, OfTheValuesThemselvesIsNoBetter) {
  const Values values = tailed(2, true, 0.2, 4);
  const auto integer = [](float x, double scale) {
    return std::clamp(std::round(x / scale), -127.0, 127.0);
  };
  const auto squared_error = [&](double scale) {
    double sum = 0;
    for (const float x : values) sum += std::pow(x - scale * integer(x, scale), 2);
    return sum;
  };
  double alpha = 2 / (127 * 2.5);
  for (int round = 0; round < 300; ++round) {
    double products = 0, squares = 0;
    for (const float x : values) {
      products += integer(x, alpha) * x;
      squares += integer(x, alpha) * integer(x, alpha);
    }
    alpha = products / squares;
  }
  const double found = chosen("admm", {values}).max / 127;
  EXPECT_NEAR(squared_error(found), squared_error(alpha), 0.02 * squared_error(alpha));
}

TEST(Cosine, IsTheBestOfHundredStepsAroundKl) {
  for (const auto& [name, values] : cases()) {
    SCOPED_TRACE(name);
    const Bins bins(values);
    const double kl = (kl_bins(bins_of_2048(bins), 0, 1e-4) + 0.5) * bins.largest / 2048;
    double best = 0, most = 0;
    for (int step = 0; step < 100; ++step) {
      const double scale = 127 / kl * (0.5 + 0.015 * step);
      double product = 0, x_squared = 0, y_squared = 0;
      for (const auto& [bin, count] : bins.counts) {
        const double x = (bin + 0.5) * bins.width;
        const double y = std::min(std::floor(x * scale + 0.5), 127.0) / scale;
        product += count * x * y;
        x_squared += count * x * x;
        y_squared += count * y * y;
      }
      const double cosine = product / std::sqrt(x_squared * y_squared);
      if (cosine > most + 1e-13) {  // else equal, but for rounding
        most = cosine;
        best = scale;
      }
    }
    expect_near(chosen("cosine", {values}), limited(values, 127 / best));
  }
}

TEST(Aciq, IsANormalDistributionClippedForEightBits) {
  for (const size_t elements : {2u, 100u, 4000u, 60000u}) {
    Values values = tailed(2, true, 0, 6);
    values.resize(elements);
    values.back() = -5;
    const double deviation = 2 * 5 * (0.5 * 0.35) *
                             (1 + std::sqrt(std::numbers::pi * std::log(4.0))) /
                             std::sqrt(2 * std::log(static_cast<double>(elements)));
    const Range wanted = limited(values, 3.92403714 * deviation);
    expect_near(chosen("aciq", {values}), wanted);
    expect_near(chosen("aciq", {values, values, values}),
                wanted);  // elements are those of a sample
    EXPECT_EQ(wanted.min == -5, elements <= 4000) << "nothing is cut of few";
  }
}

TEST(Aciq, OfOneElementIsTheExtremes) { EXPECT_EQ(chosen("aciq", {{3}, {-2}}), (Range{-2, 3})); }

// numpy.percentile of the lists, linear in between.
float percentile_of(std::vector<double> list, double percent) {
  std::sort(list.begin(), list.end());
  const double place = percent / 100 * static_cast<double>(list.size() - 1);
  const double low = list[static_cast<size_t>(std::floor(place))];
  const double high = list[static_cast<size_t>(std::ceil(place))];
  return static_cast<float>(low + (high - low) * (place - std::floor(place)));
}

TEST(ExtremesPercentile, IsThatOfTheSamplesEnds) {
  std::mt19937 random(3);
  for (const size_t count : {1u, 2u, 20u, 101u}) {
    std::vector<Values> samples;
    std::vector<double> minima, maxima;
    for (size_t i = 0; i < count; ++i) {
      const float low = -static_cast<float>(random() % 1000) / 64;
      const float high = static_cast<float>(random() % 9) / 4;  // ties among them
      samples.push_back({0, low, high});
      minima.push_back(low);
      maxima.push_back(high);
    }
    for (const double percent : {100.0, 95.0, 90.0, 50.0}) {
      const Range wanted{percentile_of(minima, 100 - percent), percentile_of(maxima, percent)};
      expect_near(chosen("extremes_percentile", samples, percent), wanted);
    }
  }
}

TEST(ExtremesPercentile, OneOddSampleOfManyIsCut) {
  std::vector<Values> samples(50, Values{-1, 0, 2});
  samples[13] = {-70, 900};
  EXPECT_EQ(chosen("extremes_percentile", samples, 95), (Range{-1, 2}));
  EXPECT_EQ(chosen("extremes_percentile", samples, 100), (Range{-70, 900}));
}

TEST(ExtremesPercentile, OfSamplesApartFromEachOtherIsTheExtremes) {
  EXPECT_EQ(chosen("extremes_percentile", {{1, 2}, {5, 6}}, 10), (Range{1, 6}));
}

TEST(ExtremesPercentile, BeyondWhatIsKeptTheInnermostIsTheEnd) {
  std::vector<Values> samples;
  for (int i = 1; i <= 10000; ++i) {
    samples.push_back({-static_cast<float>(i), static_cast<float>(i)});
  }
  expect_near(chosen("extremes_percentile", samples, 90), {-9000.1f, 9000.1f});
  EXPECT_EQ(chosen("extremes_percentile", samples, 50), (Range{-5905, 5905})) << "the 4096th";
}

// --- all of them ---------------------------------------------------------------------------------

class EveryChoice : public testing::TestWithParam<std::string> {};

TEST_P(EveryChoice, LiesWithinWhatWasSeen) {
  for (const auto& [name, values] : cases()) {
    const auto [min, max] = std::ranges::minmax(values);
    const Range range = chosen(GetParam(), {values}, 95);
    EXPECT_LE(range.min, range.max) << name;
    EXPECT_GE(range.min, std::min(min, 0.0f)) << name;
    EXPECT_LE(range.max, std::max(max, 0.0f)) << name;
  }
}

TEST_P(EveryChoice, BehindAReluBeginsAtZero) {
  const Range range = chosen(GetParam(), {tailed(4, false, 0.5, 8)});
  EXPECT_NEAR(range.min, 0, 1e-6);
  EXPECT_GT(range.max, 1);
}

TEST_P(EveryChoice, OfOneMagnitudeIsIt) {
  for (float x : {0.0f, 1.0f, -3.5f, 1e-38f, -std::numeric_limits<float>::denorm_min(),
                  std::numeric_limits<float>::max(), -std::numeric_limits<float>::max()}) {
    EXPECT_EQ(chosen(GetParam(), {Values(10, x), Values(10, x)}), (Range{x, x})) << x;
  }
}

TEST_P(EveryChoice, OfAMaskIsTheMask) {
  Values mask(1000);
  for (size_t i = 0; i < mask.size(); i += 3) mask[i] = 0.7f;
  const Range range = chosen(GetParam(), {mask, mask, mask});
  EXPECT_NEAR(range.min, 0, 1e-6);
  EXPECT_NEAR(range.max, 0.7f, 0.001f);
}

std::vector<std::string> observer_names() {
  std::vector<std::string> names;
  for (const ObserverInfo& info : observers()) names.emplace_back(info.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, EveryChoice, testing::ValuesIn(observer_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace octavo
