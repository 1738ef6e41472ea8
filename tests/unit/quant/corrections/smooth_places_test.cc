#include "quant/corrections/smooth_places.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/corrections/smooth_network.h"

namespace octavo {
namespace {

std::vector<std::string> names_of(const Graph& graph, const std::vector<std::string>& fixed = {}) {
  std::vector<std::string> names;
  for (const SmoothPlace& place : find_smooth_places(graph, fixed)) {
    names.push_back(graph.value(place.values[0]).name);
  }
  return names;
}

// Some factors for all places.
ChannelFactors some_factors(const Graph& graph) {
  ChannelFactors factors;
  for (const SmoothPlace& place : find_smooth_places(graph, {})) {
    std::vector<int>& exponents = factors[graph.value(place.values[0]).name];
    for (size_t k = 0; k < place.features; ++k) {
      exponents.push_back(static_cast<int>(k * 7 % 9) - 4);
    }
  }
  return factors;
}

TEST(SmoothPlaces, AreBehindNormalizationsAndProducts) {
  const Graph graph = smooth_network();
  EXPECT_EQ(names_of(graph), (std::vector<std::string>{"norm", "beta", "relu"}));
  const std::vector<SmoothPlace> places = find_smooth_places(graph, {});
  EXPECT_EQ(places[0].readers.size(), 2u);
  EXPECT_EQ(places[1].values.size(), 2u);
  EXPECT_EQ(graph.node(places[2].maker).name, "up");
  EXPECT_EQ(names_of(graph, {"norm", "up"}), (std::vector<std::string>{"beta"}));
}

TEST(SmoothPlaces, LeaveTheFunctionAsItWasToTheLastBit) {
  const Graph graph = smooth_network(3);
  Graph smoothed = graph;
  smooth(smoothed, some_factors(graph));
  ASSERT_TRUE(smoothed.validate().ok()) << smoothed.validate().to_string();
  EXPECT_FALSE(constants_of(smoothed) == constants_of(graph));
  for (const Sample& sample : samples_of(3, kText)) {
    const auto before = run_graph(graph, sample), after = run_graph(smoothed, sample);
    ASSERT_TRUE(before.ok() && after.ok()) << after.status().to_string();
    EXPECT_EQ(floats_of((*before)[0]), floats_of((*after)[0]));
  }
}

TEST(SmoothPlaces, AreDividedByTheirFactors) {
  const Graph graph = smooth_network(3);
  const auto factors = features_from_places(graph, some_factors(graph));
  ASSERT_TRUE(factors.ok()) << factors.status().to_string();
  EXPECT_EQ(factors->size(), 5u) << "those between are divided too";
  Graph plain = graph, smoothed = graph;
  smooth(smoothed, *factors);
  for (const auto& [name, exponents] : *factors) {
    for (Graph* one : {&plain, &smoothed}) one->outputs = {one->find_value(name)};
    const Sample sample = samples_of(1, kText)[0];
    const auto before = run_graph(plain, sample), after = run_graph(smoothed, sample);
    ASSERT_TRUE(before.ok() && after.ok()) << after.status().to_string();
    std::vector<float> values = floats_of((*before)[0]);
    EXPECT_NE(values, floats_of((*after)[0])) << name;
    divide_features(values, exponents);
    EXPECT_EQ(values, floats_of((*after)[0])) << name;
  }
}

// x -> LayerNormalization 'norm' -> `add` and MatMul
class Reader : public testing::Test {
 protected:
  Reader() {
    norm_ = net_.node(Op::kLayerNormalization, "norm",
                      {net_.input("x", kText), net_.noise("gamma", Shape{6})}, kText);
  }
  void read_by(Op op, std::vector<ValueId> others) {
    others.insert(others.begin(), norm_);
    net_.output(net_.node(op, "z", others, kText));
  }

  SmallNetwork net_;
  ValueId norm_ = kNoValue;
};

TEST_F(Reader, OfProductsAloneLetsItsInputBeDivided) {
  read_by(Op::kMatMul, {net_.noise("w", Shape{6, 6})});
  EXPECT_EQ(names_of(net_.graph), (std::vector<std::string>{"norm"}));
}

TEST_F(Reader, ThatIsNoProductDoesNot) {
  read_by(Op::kMatMul, {net_.noise("w", Shape{6, 6})});
  net_.output(net_.node(Op::kAdd, "sum", {norm_, net_.graph.inputs[0]}, kText));
  EXPECT_TRUE(names_of(net_.graph).empty());
}

TEST_F(Reader, OfActivationsAloneDoesNot) {
  read_by(Op::kMatMul, {net_.input("other", Shape{1, 6, 6})});
  EXPECT_TRUE(names_of(net_.graph).empty());
}

TEST_F(Reader, WhoseWeightsAnotherHasDoesNot) {
  const ValueId w = net_.noise("w", Shape{6, 6});
  read_by(Op::kMatMul, {w});
  net_.output(net_.node(Op::kMatMul, "other", {net_.graph.inputs[0], w}, kText));
  EXPECT_TRUE(names_of(net_.graph).empty());
}

TEST_F(Reader, OfAnOutputOfTheModelDoesNot) {
  read_by(Op::kMatMul, {net_.noise("w", Shape{6, 6})});
  net_.output(norm_);
  EXPECT_TRUE(names_of(net_.graph).empty());
}

TEST(SmoothPlaces, OfGammaThatIsNoVectorOfFeaturesAreNone) {
  SmallNetwork net;
  const ValueId x = net.input("x", Shape{1, 6, 6});
  const ValueId scaled =
      net.node(Op::kMul, "scaled", {x, net.noise("gamma", Shape{6, 1})}, Shape{1, 6, 6});
  net.output(net.product(Op::kMatMul, "y", scaled, {6, 6}, 6, {1, 6, 6}, {}, false));
  EXPECT_TRUE(names_of(net.graph).empty());
}

TEST(SmoothPlaces, ThatAreNotThereAreRefused) {
  const Graph graph = smooth_network();
  const auto refuses = [&](const ChannelFactors& factors) {
    return features_from_places(graph, factors).status().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_FALSE(refuses({{"norm", {0, 1, 0, 0, 0, 0}}}));
  EXPECT_TRUE(refuses({{"norm", {0, 1}}})) << "too few";
  EXPECT_TRUE(refuses({{"norm", {0, 9, 0, 0, 0, 0}}})) << "too large";
  EXPECT_TRUE(refuses({{"scaled", {0, 1, 0, 0, 0, 0}}})) << "no product reads it";
  EXPECT_TRUE(refuses({{"somewhere else", {1}}})) << "not in the model";
}

}  // namespace
}  // namespace octavo
