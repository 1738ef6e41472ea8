#include "engine/equalization.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/corrections/equalize_network.h"
#include "tests/unit/quant/corrections/smooth_network.h"

namespace octavo {
namespace {

const ChannelFactors kFactors = {{"c1", {-8, 8, 0, 1, -1, 0}}, {"dw", {0, 0, 0, 0, 0, 3}}};

Equalization read(const std::string& metadata) {
  Model model;
  model.metadata["octavo_equalization"] = metadata;
  return equalization_of(model, EqualizeNetwork().graph);
}

TEST(Equalization, IsReadFromTheMetadataAsItWasWritten) {
  Model model;
  note_equalization(kFactors, {}, model);
  const Equalization found = equalization_of(model, EqualizeNetwork().graph);
  EXPECT_TRUE(found.warnings.empty());
  EXPECT_EQ(factors_of_products(EqualizeNetwork().graph, found.factors.channels), kFactors);
  EXPECT_EQ(found.factors.channels.at("r1"), kFactors.at("c1"));
}

TEST(Equalization, OfAModelWithoutFactorsIsNotMentioned) {
  Model model;
  model.metadata["octavo_equalization"] = "of the model that it was made from";
  model.metadata["octavo_smoothing"] = "likewise";
  note_equalization({}, {}, model);
  EXPECT_TRUE(model.metadata.empty());
  EXPECT_TRUE(equalization_of(model, EqualizeNetwork().graph).warnings.empty());
}

TEST(Equalization, ThatDoesNotFitIsLeftOutWithAWarning) {
  for (const char* bad : {"", "[]", "{", "{\"c1\": 1}", "{\"c1\": [1]}", "{\"c1\": \"iii\"}",
                          "{\"c1\": \"iiiiir\"}", "{\"c1\": \"iiiii\\u0000\"}",
                          "{\"y\": \"ijiii\"}", "{\"c3\": \"jjjjjj\"}", "{\"another\": \"j\"}"}) {
    const Equalization found = read(bad);
    EXPECT_TRUE(found.factors.channels.empty()) << bad;
    EXPECT_EQ(found.warnings.size(), 1u) << bad;
  }
  EXPECT_TRUE(read("{\"c1\": \"iiiijj\"}").warnings.empty());
}

TEST(Smoothing, IsReadFromTheMetadataAsItWasWritten) {
  const Graph graph = smooth_network();
  const ChannelFactors places = {{"beta", {1, -8, 8, 0, 0, 2}}, {"relu", {0, 0, 0, 3}}};
  Model model;
  note_equalization({}, places, model);
  EXPECT_EQ(model.metadata.at("octavo_smoothing"), R"({"beta":"jaqiik","relu":"iiil"})");
  const Equalization found = equalization_of(model, graph);
  EXPECT_TRUE(found.warnings.empty());
  EXPECT_EQ(features_of_places(graph, found.factors.features), places);
  EXPECT_EQ(found.factors.features.at("up"), places.at("relu"));
  EXPECT_TRUE(found.factors.channels.empty());
}

TEST(Smoothing, ThatDoesNotFitIsLeftOutWithAWarning) {
  for (const char* bad : {"{", R"({"beta": 1})", R"({"beta": "iii"})", R"({"x": "iiiiij"})",
                          R"({"up": "iiij"})", R"({"another": "j"})"}) {
    Model model;
    model.metadata["octavo_smoothing"] = bad;
    const Equalization found = equalization_of(model, smooth_network());
    EXPECT_TRUE(found.factors.features.empty()) << bad;
    EXPECT_EQ(found.warnings.size(), 1u) << bad;
  }
}

}  // namespace
}  // namespace octavo
