#include "quant/corrections/equalize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "quant/corrections/balance_ranges.h"
#include "quant/corrections/equalization_noise.h"
#include "tests/unit/quant/corrections/equalize_network.h"

namespace octavo {
namespace {

ActivationStatistics observed(const Graph& graph, const std::vector<Sample>& samples,
                              int threads = 1) {
  auto seen = observe_channels(*make_plan(graph), samples, threads);
  EXPECT_TRUE(seen.ok()) << seen.status().to_string();
  return *seen;
}

ChannelFactors equalized(const Graph& graph, const ActivationStatistics& seen,
                         const std::vector<std::string>& fixed = {}) {
  auto factors = equalizing_factors(graph, seen, fixed);
  EXPECT_TRUE(factors.ok()) << factors.status().to_string();
  return *factors;
}

// x (3 channels) -> a: Conv of weights `first` on the diagonal -> Clip to `ceiling` -> r -> Conv of
// `second` likewise -> y
Graph chain(const std::vector<float>& first, const std::vector<float>& second,
            float ceiling = 1e6f) {
  const auto diagonal = [](const std::vector<float>& w) {
    return std::vector<float>{w[0], 0, 0, 0, w[1], 0, 0, 0, w[2]};
  };
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 3, 2, 1});
  const ValueId a = small.conv("a", x, diagonal(first), 3, {0, 0, 0});
  const ValueId low = small.constant("low", {0}, Shape()),
                high = small.constant("high", {ceiling}, Shape());
  const ValueId r = small.node(Op::kClip, "r", {a, low, high}, Shape{1, 3, 2, 1});
  small.output(small.conv("y", r, diagonal(second), 3));
  return small.graph;
}

// As if each channel of r had been seen to reach from 0 to `largest`.
ActivationStatistics reaching(const std::vector<float>& largest) {
  ChannelStatistics seen;
  for (const float x : largest) {
    seen.ranges.push_back({0, x});
    seen.energy.push_back(static_cast<double>(x) * static_cast<double>(x) / 3);
  }
  return {{"r", seen}};
}

std::vector<int> exponents_of(const ChannelFactors& factors, const std::string& name) {
  const auto found = factors.find(name);
  return found == factors.end() ? std::vector<int>(3) : found->second;
}

TEST(ObserveChannels, GivesEndsAndMeanSquaresForAnyNumberOfThreads) {
  SmallGraph small;
  const ValueId x = small.input("x", Shape{1, 2, 2, 1});
  small.output(small.conv("y", x, {1, 0, 0, 1}, 2));
  const auto sample = [](std::vector<float> values) {
    return Sample{Tensor::from(values, Shape{1, 2, 2, 1})};
  };
  const std::vector<Sample> samples = {sample({1, -2, 4, 6}), sample({3, 0, 0, 2})};
  for (const int threads : {1, 2, 3}) {
    const ActivationStatistics seen = observed(small.graph, samples, threads);
    for (const char* name : {"x", "y"}) {
      const ChannelStatistics& channels = seen.at(name);
      EXPECT_EQ(channels.ranges, (std::vector<Range>{{-2, 3}, {0, 6}})) << name;
      EXPECT_EQ(channels.energy, (std::vector<double>{14.0 / 4, 56.0 / 4})) << name;
    }
  }
}

TEST(BalanceRanges, IsTheRootOfTheQuotientOfWeights) {
  const ProductChannels dense{3, 1, 3, 1, false};
  const std::vector<float> a = {1, 0, 0, 0, 4, 0, 0, 0, 16}, b = {16, 0, 0, 0, 4, 0, 0, 0, 1};
  const std::vector<size_t> x = {0, 0, 0}, r = {1, 2, 3};
  const std::vector<ProductNoise> products = {{dense, a, x, r}, {dense, b, r, x}};
  std::vector<ChannelClass> classes(4);
  for (size_t one : r) classes[one] = {-8, 8};
  EXPECT_EQ(balance_ranges(products, classes), (std::vector<int>{0, -2, 0, 2}));
  classes[3] = {-8, 1};
  EXPECT_EQ(balance_ranges(products, classes)[3], 1) << "no further than the class may";
}

// The definition, written down once more.
double plain_noise(const ProductChannels& at, const std::vector<float>& weights,
                   const std::vector<size_t>& in, const std::vector<size_t>& out,
                   const std::vector<int>& exponents, const std::vector<ChannelClass>& classes) {
  const auto f = [&](size_t one) { return std::pow(2.0, exponents[one]); };
  double largest = 0, noise = 0, signal = 0;
  for (size_t o = 0; o < at.outputs; ++o) {
    for (size_t k = 0; k < at.seen; ++k) {
      for (size_t t = 0; t < at.taps; ++t) {
        const double w = std::fabs(static_cast<double>(weights[at.place(o, k) + t]));
        largest = std::max(largest, w * f(in[at.input(o, k)]) / f(out[o]));
      }
    }
  }
  for (size_t o = 0; o < at.outputs; ++o) {
    signal += classes[out[o]].weight * classes[out[o]].energy;
    for (size_t k = 0; k < at.seen; ++k) {
      const size_t c = in[at.input(o, k)];
      noise += classes[out[o]].weight * std::pow(largest / 127 * f(out[o]) / f(c), 2) / 12 *
               static_cast<double>(at.taps) * classes[c].energy;
    }
  }
  return noise / signal;
}

TEST(ProductNoise, IsThatOfThePlainDefinitionAfterAnyMoves) {
  const ProductChannels kinds[] = {
      {4, 1, 5, 9, false},  // a convolution
      {6, 6, 1, 9, false},  // depthwise
      {6, 3, 2, 1, false},  // of groups
      {3, 1, 7, 1, true},   // a Gemm
  };
  for (const ProductChannels& at : kinds) {
    const auto count = static_cast<int64_t>(at.outputs * at.seen * at.taps);
    const std::vector<float> weights = floats_of(noise_tensor(5, Shape{count}));
    std::vector<size_t> in,
        out;  // the last two inputs are of one class, which is the first output's
    for (size_t c = 0; c < at.inputs(); ++c) in.push_back(std::min(c, at.inputs() - 2));
    for (size_t o = 0; o < at.outputs; ++o) out.push_back(o == 0 ? in.back() : in.size() + o);
    std::vector<ChannelClass> classes(in.size() + out.size());
    for (size_t i = 0; i < classes.size(); ++i) {
      classes[i].energy = 1 + static_cast<double>(i % 5);
      classes[i].weight = 1 + static_cast<double>(i % 3);
    }
    Exponents exponents{std::vector<int>(classes.size())};
    ProductNoise noise(at, weights, in, out);
    noise.begin(exponents, classes);
    for (size_t i = 0; i < 200; ++i) {
      exponents.moved = i * 7 % classes.size();
      exponents.by = i * 13 % 5 < 2 ? 1 : -1;
      std::vector<int> then = exponents.of_class;
      then[exponents.moved] += exponents.by;
      const double plain = plain_noise(at, weights, in, out, then, classes);
      ASSERT_NEAR(noise.of(exponents, classes) / plain, 1, 1e-9) << at.seen << ", move " << i;
      noise.move(exponents, classes);
      exponents.of_class = then;
      exponents.by = 0;
      ASSERT_NEAR(noise.of(exponents, classes) / plain, 1, 1e-9) << at.seen << ", after " << i;
    }
  }
}

TEST(ActivationNoise, IsThatOfOneStepForAllChannels) {
  const ActivationNoise noise{{0, 1}, {{-1, 3}, {0, 8}}, {2, 5}};
  std::vector<ChannelClass> classes(2);
  classes[0].weight = 1;
  classes[1].weight = 10;
  const double step = (8 + 1) / 255.0, signal = 2 + 5 * 10;
  EXPECT_NEAR(noise.of({{0, 0}}, classes), step * step / 12 * 11 / signal, 1e-15);
  const double halved = (4 + 1) / 255.0;
  EXPECT_NEAR(noise.of({{0, 1}}, classes), halved * halved / 12 * (1 + 10 * 4) / signal, 1e-15);
  EXPECT_EQ(noise.of({{0, 0}, 1, 1}, classes), noise.of({{0, 1}}, classes)) << "as moved";
}

TEST(Equalize, GivesChannelsThatNeedOneRangeAlike) {
  const ChannelFactors factors = equalized(chain({1, 4, 16}, {16, 4, 1}), reaching({1, 4, 16}));
  const std::vector<int> r = exponents_of(factors, "r");
  EXPECT_LT(r[0], r[1]);
  EXPECT_LT(r[1], r[2]);
  EXPECT_EQ(exponents_of(factors, "a"), r);
  EXPECT_EQ(factors.count("x") + factors.count("y"), 0u);
}

TEST(Equalize, LeavesAloneWhatIsAlikeAlready) {
  EXPECT_TRUE(equalized(chain({1, 1, 1}, {1, 1, 1}), reaching({1, 1, 1})).empty());
}

TEST(Equalize, LeavesValuesAloneThatAreToStayAsTheyAre) {
  const Graph graph = chain({1, 4, 16}, {16, 4, 1});
  EXPECT_TRUE(equalized(graph, reaching({1, 4, 16}), {"r"}).empty());
}

// The first channel reaches the ceiling and keeps its factor; the others want to rise, and the
// second has room for 4 times what was seen, with some to spare, the third for nothing.
TEST(Equalize, LeavesTheCeilingOfAClipOutOfReach) {
  const Graph graph = chain({64, 1, 1}, {1, 64, 64}, 6);
  const std::vector<int> r = exponents_of(equalized(graph, reaching({6, 1, 4})), "r");
  EXPECT_EQ(r[0], 0);
  EXPECT_EQ(r[1], -2);
  EXPECT_EQ(r[2], 0);
}

// Weights of what is never there need not decide on the scale of all others.
TEST(Equalize, MakesWeightsSmallThatReadNothing) {
  const Graph graph = chain({1, 1, 0}, {1, 1, 64}, 6);
  const std::vector<int> r = exponents_of(equalized(graph, reaching({6, 6, 0})), "r");
  EXPECT_EQ(r[0], 0);
  EXPECT_EQ(r[1], 0);
  EXPECT_LE(r[2], -5);
}

TEST(Equalize, LeavesTheFunctionOfANetworkAsItWas) {
  const Graph uneven = uneven_network();
  const std::vector<Sample> samples = samples_of(4);
  const ChannelFactors factors = equalized(uneven, observed(uneven, samples));
  ASSERT_FALSE(factors.empty());
  Graph graph = uneven;
  scale_products(graph, factors);
  for (const Sample& sample : samples) {
    const auto before = run_graph(uneven, sample), after = run_graph(graph, sample);
    ASSERT_TRUE(before.ok() && after.ok()) << after.status().to_string();
    EXPECT_EQ(floats_of((*before)[0]), floats_of((*after)[0]));
  }
}

}  // namespace
}  // namespace octavo
