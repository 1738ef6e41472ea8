#include "quant/corrections/channel_factors.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/corrections/equalize_network.h"

namespace octavo {
namespace {

// Some exponents for every class that may have one; the ceiling is out of reach.
ChannelFactors some_factors(const Graph& graph) {
  const ChannelClasses classes(graph, {});
  std::vector<int> exponents(classes.count());
  for (size_t one = 0; one < exponents.size(); ++one) {
    exponents[one] = classes.is_fixed(one) ? 0 : static_cast<int>(one * 7 % 9) - 4;
  }
  return factors_of(graph, classes, exponents);
}

TEST(ChannelFactors, LeaveTheFunctionAsItWasToTheLastBit) {
  const EqualizeNetwork net(1e6f);
  Graph scaled = net.graph;
  scale_products(scaled, some_factors(net.graph));
  EXPECT_FALSE(constants_of(scaled) == constants_of(net.graph));
  for (const Sample& sample : samples_of(3)) {
    const auto before = run_graph(net.graph, sample), after = run_graph(scaled, sample);
    ASSERT_TRUE(before.ok() && after.ok()) << after.status().to_string();
    EXPECT_EQ(floats_of((*before)[0]), floats_of((*after)[0]));
  }
}

TEST(ChannelFactors, AreWhatActivationsAreDividedBy) {
  const EqualizeNetwork net(1e6f);
  const ChannelFactors factors = some_factors(net.graph);
  Graph scaled = net.graph;
  scale_products(scaled, factors);
  Graph plain = net.graph;
  for (Graph* graph : {&plain, &scaled}) graph->outputs.push_back(graph->find_value("sum"));
  const Sample sample = samples_of(1)[0];
  const auto before = run_graph(plain, sample), after = run_graph(scaled, sample);
  ASSERT_TRUE(before.ok() && after.ok()) << after.status().to_string();
  std::vector<float> values = floats_of((*before)[1]);
  EXPECT_NE(values, floats_of((*after)[1]));
  divide_channels(values, 1, factors.at("sum"));
  EXPECT_EQ(values, floats_of((*after)[1]));
}

TEST(ChannelFactors, FollowFromThoseOfProducts) {
  const EqualizeNetwork net;
  const ChannelFactors factors = some_factors(net.graph);
  const ChannelFactors products = factors_of_products(net.graph, factors);
  EXPECT_LT(products.size(), factors.size());
  EXPECT_EQ(products.count("sum"), 0u);
  const auto found = factors_from_products(net.graph, products);
  ASSERT_TRUE(found.ok()) << found.status().to_string();
  EXPECT_EQ(*found, factors);
}

TEST(ChannelFactors, ThatWouldChangeTheFunctionAreRefused) {
  const EqualizeNetwork net;
  const ChannelFactors good = factors_of_products(net.graph, some_factors(net.graph));
  const auto refuses = [&](const std::string& name, std::vector<int> exponents) {
    ChannelFactors bad = good;
    bad[name] = std::move(exponents);
    return factors_from_products(net.graph, bad).status().code() == ErrorCode::kInvalidArgument;
  };
  EXPECT_FALSE(refuses("dw", good.at("dw")));
  EXPECT_TRUE(refuses("dw", {1, 2, 3})) << "too few";
  EXPECT_TRUE(refuses("dw", {0, 0, 0, 0, 0, 9})) << "too large";
  EXPECT_TRUE(refuses("y", {0, 1, 0, 0, 0})) << "an output of the model";
  EXPECT_TRUE(refuses("c3", {1, 1, 1, 1, 1, 1})) << "the Add needs those of c2";
  EXPECT_TRUE(refuses("sum", good.at("c2"))) << "no product";
  EXPECT_TRUE(refuses("somewhere else", {1})) << "not in the model";
}

TEST(ChannelFactors, OfAnotherShapeDivideNothing) {
  std::vector<float> values = {1, 2, 3, 4, 5};
  divide_channels(values, 1, {1, 1});
  divide_channels(values, 0, {1, 1});
  EXPECT_EQ(values, (std::vector<float>{1, 2, 3, 4, 5}));
  values = {1, 2, 3, 4};
  divide_channels(values, 1, {1, -1});
  EXPECT_EQ(values, (std::vector<float>{0.5f, 1, 6, 8}));
}

}  // namespace
}  // namespace octavo
