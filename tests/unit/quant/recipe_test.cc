#include "quant/recipe.h"

#include <gtest/gtest.h>

#include "tests/unit/quant/small_graph.h"

namespace octavo {
namespace {

TEST(Recipe, PatternsMatchWholeNames) {
  struct Case {
    const char* text;
    const char* pattern;
    bool matches;
  };
  for (const Case& c : std::vector<Case>{
           {"conv1", "conv1", true},
           {"conv1", "conv", false},
           {"conv1", "conv?", true},
           {"conv", "conv?", false},
           {"conv12", "conv*", true},
           {"a/b/conv", "*/conv", true},
           {"a/b/conv", "a/*/c*v", true},
           {"abcabd", "*abd", true},  // the first "ab" is not the one
           {"abc", "*abd*", false},
           {"", "*", true},
           {"", "", true},
           {"x", "", false},
       }) {
    EXPECT_EQ(matches_pattern(c.text, c.pattern), c.matches) << c.text << " " << c.pattern;
  }
}

TEST(Recipe, ManyStarsDoNotTakeForever) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  EXPECT_FALSE(matches_pattern(std::string(5000, 'a') + "b", pattern));
}

TEST(Recipe, UnknownObserverNamesTheNearest) {
  Recipe recipe;
  recipe.observer = "precentile";
  const Status status = validate(recipe);
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "there is no observer 'precentile'; did you mean 'percentile'?");
}

TEST(Recipe, UnknownCorrectionNamesTheNearest) {
  Recipe recipe;
  recipe.corrections = {"bias", "reconstruct"};
  EXPECT_TRUE(validate(recipe).ok());
  recipe.corrections = {"bias", "recontruct"};
  EXPECT_EQ(validate(recipe).code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(validate(recipe).message(),
            "there is no correction 'recontruct'; did you mean 'reconstruct'?");
}

TEST(Recipe, UnknownWeightMethodNamesTheNearest) {
  Recipe recipe;
  recipe.weight_method = "maxabs";
  EXPECT_EQ(validate(recipe).message(),
            "there is no weight method 'maxabs'; did you mean 'max_abs'?");
}

TEST(Recipe, NumbersOutOfReachAreRefused) {
  for (double percentile : {0.0, 100.5, std::numeric_limits<double>::quiet_NaN()}) {
    Recipe recipe;
    recipe.weight_percentile = percentile;
    EXPECT_FALSE(validate(recipe).ok()) << percentile;
  }
  for (int bits : {6, 9}) {
    Recipe recipe;
    recipe.weight_bits = bits;
    EXPECT_FALSE(validate(recipe).ok()) << bits;
  }

  for (double percentile : {0.0, -1.0, 100.5, std::numeric_limits<double>::quiet_NaN()}) {
    Recipe recipe;
    recipe.percentile = percentile;
    EXPECT_FALSE(validate(recipe).ok()) << percentile;
  }
  for (double momentum : {0.0, 1.5}) {
    Recipe recipe;
    recipe.momentum = momentum;
    EXPECT_FALSE(validate(recipe).ok()) << momentum;
  }
  Recipe recipe;
  recipe.activations = DType::kInt32;
  EXPECT_FALSE(validate(recipe).ok());
}

TEST(Recipe, WeightsOf4BitsBelongToTheirSchemeAndBlocksToOnnxRuntime) {
  Recipe recipe;
  recipe.weight_bits = 4;
  EXPECT_FALSE(validate(recipe).ok());
  recipe.scheme = Scheme::kWeightOnly;
  EXPECT_TRUE(validate(recipe).ok());
  recipe.weight_bits = 3;
  EXPECT_FALSE(validate(recipe).ok());
  recipe.weight_bits = 4;
  recipe.block_size = 48;
  EXPECT_FALSE(validate(recipe).ok());
}

class RecipeOnGraph : public testing::Test {
 protected:
  RecipeOnGraph() {
    const ValueId x = small_.input("x", Shape{1, 1, 1, 1});
    small_.output(small_.conv("features/conv", x, {1}, 1));
  }
  SmallGraph small_;
};

TEST_F(RecipeOnGraph, PatternWithoutMatchIsAWarning) {
  Recipe recipe;
  recipe.exclude = {"features/*", "head/*"};
  const auto warnings = validate(recipe, small_.graph);
  ASSERT_TRUE(warnings.ok());
  EXPECT_EQ(*warnings,
            std::vector<std::string>{"exclude 'head/*' matches no node and no output of a node; "
                                     "did you mean 'features/conv'?"});
}

TEST_F(RecipeOnGraph, KeysThatNameNothingToQuantizeAreRefusedWithTheNearestName) {
  Recipe recipe;
  recipe.only = {"feature/conv"};
  const Status status = validate(recipe, small_.graph).status();
  EXPECT_EQ(status.code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.to_string(),
            "only 'feature/conv': no node of the model is named, so that nothing would be "
            "quantized; did you mean 'features/conv'?");
  recipe.only.push_back("*/conv");  // one that matches is enough, the other is a warning
  const auto warnings = validate(recipe, small_.graph);
  ASSERT_TRUE(warnings.ok()) << warnings.status().to_string();
  EXPECT_EQ(warnings->size(), 1u);
  recipe.only_ops = {"Gemm"};  // which is no Conv
  EXPECT_FALSE(validate(recipe, small_.graph).ok());
  recipe.only.clear();
  EXPECT_EQ(validate(recipe, small_.graph).status().to_string(),
            "only-op Gemm: no node of the model is named, so that nothing would be quantized; "
            "octavo inspect shows the model's operators");
}

TEST_F(RecipeOnGraph, ObserverAndCorrectionsOfTheDynamicSchemeAreWarnings) {
  Recipe recipe;
  recipe.scheme = Scheme::kDynamic;
  recipe.observer = "percentile";
  recipe.corrections = {"bias"};
  const auto warnings = validate(recipe, small_.graph);
  ASSERT_TRUE(warnings.ok());
  EXPECT_EQ(*warnings,
            (std::vector<std::string>{
                "observer percentile is without effect: the dynamic scheme observes nothing",
                "correction bias is without effect: the dynamic scheme corrects nothing"}));
}

TEST_F(RecipeOnGraph, OperatorThatTheModelLacksIsAWarning) {
  Recipe recipe;
  recipe.exclude_ops = {"Conv", "Gemm"};
  const auto warnings = validate(recipe, small_.graph);
  ASSERT_TRUE(warnings.ok());
  EXPECT_EQ(*warnings,
            std::vector<std::string>{"exclude-op Gemm is without effect: the model has none"});
}

TEST_F(RecipeOnGraph, UnknownOperatorNamesTheNearest) {
  Recipe recipe;
  recipe.exclude_ops = {"Convv"};
  EXPECT_EQ(validate(recipe, small_.graph).status().message(),
            "there is no operator 'Convv'; did you mean 'Conv'?");
}

}  // namespace
}  // namespace octavo
