#include "quant/advice.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

LayerError layer(const std::string& name, double own, double accumulated) {
  return {name, "Conv", own, accumulated, 0.9, {}, {}, {}};
}

TensorReport tensor(Range chosen, Range observed, double middle) {
  TensorReport report;
  report.params = {{1}, {0}};
  report.chosen = chosen;
  report.observed = observed;
  report.middle = middle;
  return report;
}

// What is told of the last of the layers.
std::vector<std::string> codes(std::vector<LayerError> layers) {
  advise(layers);
  std::vector<std::string> codes;
  for (const Advice& advice : layers.back().advice) codes.push_back(advice.code);
  return codes;
}

using Codes = std::vector<std::string>;

TEST(Advice, GoodLayersGetNone) {
  LayerError good = layer("a", 40, 40);
  good.weights = tensor({-1, 1}, {-1, 1}, 1);
  good.weights->channel_spread = 900;
  good.activations = tensor({0, 100}, {0, 100}, 1);
  good.activations->clipped = 0.2;
  EXPECT_EQ(codes({good}), Codes{});
}

TEST(Advice, ChannelsThatDifferUnderOneScale) {
  LayerError poor = layer("a", 12, 12);
  poor.weights = tensor({-1, 1}, {-1, 1}, 1);
  poor.weights->channel_spread = 900;
  EXPECT_EQ(codes({poor}), Codes{"channel_spread"});
  std::vector<LayerError> layers = {poor};
  advise(layers);
  EXPECT_NE(layers[0].advice[0].text.find("differ by 900:1"), std::string::npos);
  poor.weights->channel_spread = 1.6e12;  // a channel of next to nothing
  layers = {poor};
  advise(layers);
  EXPECT_NE(layers[0].advice[0].text.find("differ by more than 10000:1"), std::string::npos);
  poor.weights->params = {{1, 0.001f}, {0, 0}};  // one scale each
  EXPECT_EQ(codes({poor}), Codes{"leave_in_float"});
}

TEST(Advice, RangesThatDoNotFitTheValues) {
  LayerError poor = layer("a", 20, 20);
  poor.activations = tensor({0, 6}, {0, 6}, 5.5);
  EXPECT_EQ(codes({poor}), Codes{});
  poor.activations->clipped = 0.01;
  EXPECT_EQ(codes({poor}), Codes{"clipped"});
  poor.activations = tensor({0, 60}, {0, 60}, 5.5);  // few values are large
  EXPECT_EQ(codes({poor}), Codes{"outliers"});
  poor.activations = tensor({0, 60}, {0, 6}, 5.5);  // none is
  EXPECT_EQ(codes({poor}), Codes{"unused_range"});
}

TEST(Advice, ErrorsOfOthersPointUpstream) {
  std::vector<LayerError> layers = {layer("a", 35, 35), layer("b", 8, 8), layer("c", 20, 9),
                                    layer("d", 45, 10)};
  EXPECT_EQ(codes(layers), Codes{"inherited"});
  advise(layers);
  EXPECT_NE(layers[3].advice[0].text.find("'b' loses most (8.0 dB)"), std::string::npos);
}

TEST(Advice, SmallErrorsThatAddUpAreToldOnce) {
  std::vector<LayerError> layers = {layer("a", 35, 35), layer("b", 36, 12), layer("c", 40, 15)};
  advise(layers);
  EXPECT_TRUE(layers[0].advice.empty() && layers[2].advice.empty());
  ASSERT_EQ(layers[1].advice.size(), 1u);
  EXPECT_EQ(layers[1].advice[0].code, "adds_up");
}

TEST(Advice, FloatIsTheWayOutWhereNothingExplainsIt) {
  EXPECT_EQ(codes({layer("a", 14, 14)}), Codes{"leave_in_float"});
  EXPECT_EQ(codes({layer("a", 16, 16)}), Codes{});
}

}  // namespace
}  // namespace octavo
