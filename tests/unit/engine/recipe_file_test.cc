#include "engine/recipe_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/json.h"
#include "quant/presets.h"

namespace octavo {
namespace {

std::string refusal(const std::string& json) { return recipe_from_json(json).status().to_string(); }

TEST(RecipeFile, SurvivesTheWayToJsonAndBack) {
  const Result<RecipeFile> recipe = recipe_from_json(R"({
    "preprocess": "caffe", "resize": 256, "crop": [227, 227], "limit": 100, "exif": true,
    "interpolation": "bilinear-plain", "observer": "percentile", "percentile": 99.9,
    "weights": "per-tensor", "weight_method": "percentile", "weight_percentile": 99.5,
    "weight_bits": 7, "activations": "int8", "exclude": ["head*"], "exclude_ops": ["Add"]})");
  ASSERT_TRUE(recipe.ok()) << recipe.status().to_string();
  EXPECT_EQ(recipe->preprocess.color, Color::kBgr);
  EXPECT_EQ(recipe->recipe.weights, Granularity::kPerTensor);
  EXPECT_EQ(recipe->recipe.weight_method, "percentile");
  EXPECT_EQ(recipe->recipe.weight_bits, 7);
  const Result<RecipeFile> again = recipe_from_json(recipe_to_json(*recipe));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *recipe);
}

TEST(RecipeFile, NamedPreprocessIsRefinedByTheOtherKeysWhateverTheirOrder) {
  const Result<RecipeFile> recipe = recipe_from_json(R"({"color": "bgr", "preprocess": "tf"})");
  ASSERT_TRUE(recipe.ok());
  EXPECT_EQ(recipe->preprocess.color, Color::kBgr);
  EXPECT_EQ(recipe->preprocess.mean, (std::vector<float>{127.5f}));
}

TEST(RecipeFile, FlagsSayTheSameAsJson) {
  RecipeFile flags;
  const std::vector<std::pair<std::string, std::string>> given = {
      {"preprocess", "imagenet"}, {"resize", "256"}, {"crop", "224x192"},
      {"mean", "1,2,3"},          {"norm", "0.5"},   {"exif", "true"},
      {"weights", "per-tensor"},  {"exclude", "12"}, {"exclude", "conv*"}};
  for (const auto& [key, text] : given) {
    const Status status = set_from_flag(flags, key, text);
    ASSERT_TRUE(status.ok()) << status.to_string();
  }
  const Result<RecipeFile> json = recipe_from_json(R"({"preprocess": "imagenet", "resize": 256,
    "crop": [224, 192], "mean": [1, 2, 3], "norm": 0.5, "exif": true, "weights": "per-tensor",
    "exclude": ["12", "conv*"]})");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(flags, *json);
}

TEST(RecipeFile, DynamicSchemeSurvivesTooAndWantsUint8) {
  const Result<RecipeFile> recipe = recipe_from_json(R"({"scheme": "dynamic"})");
  ASSERT_TRUE(recipe.ok());
  EXPECT_EQ(recipe->recipe.scheme, Scheme::kDynamic);
  EXPECT_EQ(*recipe_from_json(recipe_to_json(*recipe)), *recipe);
  EXPECT_EQ(refusal(R"({"scheme": "dynamic", "activations": "int8"})"),
            "recipe: activations of the dynamic scheme are uint8: ONNX's DynamicQuantizeLinear "
            "gives no other");
  EXPECT_EQ(refusal(R"({"scheme": "dynamik"})"),
            "recipe, key 'scheme': does not know 'dynamik'; did you mean 'dynamic'?");
}

TEST(RecipeFile, TheDefaultPresetGivesWayToSchemesThatObserveNothing) {
  for (const char* scheme : {"dynamic", "weight-only", "float16"}) {
    RecipeFile recipe = default_recipe();
    ASSERT_TRUE(set_from_flag(recipe, "scheme", scheme).ok());
    EXPECT_EQ(recipe.recipe.observer, Recipe().observer) << scheme;
    EXPECT_TRUE(recipe.recipe.corrections.empty()) << scheme;
    const Result<RecipeFile> named =
        recipe_from_json(R"({"preset": "best", "scheme": ")" + std::string(scheme) + "\"}");
    ASSERT_TRUE(named.ok());
    EXPECT_EQ(named->recipe.observer, "auto") << scheme;  // which is warned of
  }
  RecipeFile recipe = default_recipe();
  ASSERT_TRUE(set_from_flag(recipe, "scheme", "static").ok());
  EXPECT_EQ(recipe, default_recipe());
}

TEST(RecipeFile, DynamicSchemeSaysNothingOfPictures) {
  RecipeFile recipe;
  recipe.recipe.scheme = Scheme::kDynamic;
  EXPECT_EQ(describe(recipe),
            "  activations  uint8 asymmetric, one scale a tensor, found in every run\n"
            "  weights      int8 symmetric, per-channel\n");
}

TEST(RecipeFile, SaysHowRangesAreFoundWhereSamplesAreNoPictures) {
  EXPECT_EQ(describe(RecipeFile(), Preprocess()),
            "  activations  uint8 asymmetric, one scale a tensor, observer min_max\n"
            "  weights      int8 symmetric, per-channel\n");
}

TEST(RecipeFile, SaysHowWeightsAreNotAsUsual) {
  RecipeFile recipe;
  recipe.recipe.scheme = Scheme::kDynamic;
  recipe.recipe.weight_method = "mse";
  recipe.recipe.weight_bits = 7;
  EXPECT_NE(describe(recipe).find("int8 symmetric, per-channel, mse, 7 bits\n"), std::string::npos);
}

TEST(RecipeFile, ResizeIsOneOfTwoThings) {
  RecipeFile recipe;
  ASSERT_TRUE(set_from_flag(recipe, "resize", "256").ok());
  ASSERT_TRUE(set_from_flag(recipe, "resize", "320x240").ok());
  EXPECT_FALSE(recipe.preprocess.resize_shorter);
  EXPECT_EQ(recipe.preprocess.resize, (Size{320, 240}));
}

TEST(RecipeFile, RefusesWithThePlaceAndTheWayOut) {
  EXPECT_EQ(refusal(""), "recipe: not valid JSON at byte 1");
  EXPECT_EQ(refusal("{\"limit\": }"), "recipe: not valid JSON at byte 11");
  EXPECT_EQ(refusal("[]"), "recipe: wants one JSON object");
  EXPECT_EQ(refusal("{\"schema\": 2}"),
            "recipe: its schema is not 1; it was written for another version of Octavo");
  EXPECT_EQ(refusal("{\"wieghts\": 1}"),
            "recipe: there is no key 'wieghts'; did you mean 'weights'?");
  EXPECT_EQ(refusal("{\"weights\": \"per-chanel\"}"),
            "recipe, key 'weights': does not know 'per-chanel'; did you mean 'per-channel'?");
  EXPECT_EQ(refusal("{\"observer\": \"minmax\"}"),
            "recipe, key 'observer': does not know 'minmax'; did you mean 'min_max'?");
  EXPECT_EQ(refusal("{\"limit\": -1}"),
            "recipe, key 'limit': wants a whole number from 0 to 2147483647");
  EXPECT_EQ(refusal("{\"limit\": 1e300}"),
            "recipe, key 'limit': wants a whole number from 0 to 2147483647");
  EXPECT_EQ(refusal("{\"crop\": [224]}"),
            "recipe, key 'crop': wants a size, [width, height] or WxH");
  EXPECT_EQ(refusal("{\"mean\": [1, \"x\"]}"),
            "recipe, key 'mean': wants a number or a list of numbers");
  EXPECT_EQ(refusal("{\"exclude\": [1]}"),
            "recipe, key 'exclude': wants a text or a list of texts");
  EXPECT_EQ(refusal("{\"exif\": 1}"), "recipe, key 'exif': wants true or false");
  EXPECT_EQ(refusal(std::string(100, '[')), "recipe: nested deeper than 64");
}

TEST(RecipeFile, EveryKeyHasAFlagAndHelp) {
  for (const RecipeKey& key : recipe_keys()) {
    EXPECT_EQ(std::string(key.flag).substr(0, 2), "--") << key.key;
    EXPECT_FALSE(std::string(key.help).empty()) << key.key;
  }
}

TEST(RecipeFile, EveryPresetIsARecipeThatOtherKeysRefine) {
  for (const Preset& preset : presets()) {
    const std::string json = std::string(R"({"preset": ")") + preset.name + "\"}";
    const Result<RecipeFile> recipe = recipe_from_json(json);
    ASSERT_TRUE(recipe.ok()) << recipe.status().to_string();
    EXPECT_EQ(recipe->preset, preset.name);
    EXPECT_EQ(*recipe_from_json(recipe_to_json(*recipe)), *recipe);
    const Result<Json> sets = parse_json(preset.sets, preset.name);
    ASSERT_TRUE(sets.ok() && sets->is_object()) << preset.name;
    for (const auto& item : sets->items()) {
      EXPECT_TRUE(std::ranges::any_of(recipe_keys(),
                                      [&](const RecipeKey& key) { return item.key() == key.key; }))
          << preset.name << " sets " << item.key();
    }
  }
}

TEST(RecipeFile, PresetsOfPytorchAreItsSchemes) {
  const Recipe qnnpack = recipe_from_json(R"({"preset": "qnnpack"})")->recipe;
  EXPECT_EQ(qnnpack.weights, Granularity::kPerTensor);
  EXPECT_EQ(qnnpack.activations, DType::kUint8);
  EXPECT_EQ(qnnpack.activation_bits, 8);
  const Recipe fbgemm = recipe_from_json(R"({"preset": "fbgemm"})")->recipe;
  EXPECT_EQ(fbgemm.weights, Granularity::kPerChannel);
  EXPECT_EQ(fbgemm.activation_bits, 7);
  const Recipe refined =
      recipe_from_json(R"({"weights": "per-channel", "preset": "qnnpack"})")->recipe;
  EXPECT_EQ(refined.weights, Granularity::kPerChannel);
  EXPECT_EQ(refined.observer, "mse");
  RecipeFile flags;
  ASSERT_TRUE(set_from_flag(flags, "preset", "fbgemm").ok());
  EXPECT_EQ(flags.recipe, fbgemm);
  EXPECT_EQ(refusal(R"({"preset": "fbgem"})"),
            "recipe, key 'preset': does not know 'fbgem'; did you mean 'fbgemm'?");
}

TEST(RecipeFile, RangesByHandHaveTheirNames) {
  RecipeFile flags;
  ASSERT_TRUE(set_from_flag(flags, "input_ranges", "a=b=-1,1.5").ok());
  ASSERT_TRUE(set_from_flag(flags, "input_ranges", "12=0,6").ok());
  const Result<RecipeFile> json =
      recipe_from_json(R"({"input_ranges": {"a=b": [-1, 1.5], "12": [0, 6]}})");
  ASSERT_TRUE(json.ok()) << json.status().to_string();
  EXPECT_EQ(flags, *json);
  EXPECT_EQ(*recipe_from_json(recipe_to_json(flags)), flags);
  EXPECT_EQ(set_from_flag(flags, "input_ranges", "x").to_string(),
            "--input-range: wants two numbers for 'x', [MIN, MAX]");
  EXPECT_EQ(refusal(R"({"input_ranges": [1, 2]})"),
            "recipe, key 'input_ranges': wants {\"NAME\": [MIN, MAX]}, or NAME=MIN,MAX");
  EXPECT_EQ(refusal(R"({"input_ranges": {"x": [2, 1]}})"),
            "recipe: range of 'x': wants two finite numbers, the smaller first, as in -1,1");
}

TEST(RecipeFile, WordsOfOnnxruntimeSayTheSame) {
  const Result<RecipeFile> theirs = recipe_from_json(
      R"({"nodes_to_exclude": ["a"], "nodes_to_quantize": ["b"], "op_types_to_quantize": ["Conv"]})");
  const Result<RecipeFile> ours =
      recipe_from_json(R"({"exclude": ["a"], "only": ["b"], "only_ops": ["Conv"]})");
  ASSERT_TRUE(theirs.ok() && ours.ok());
  EXPECT_EQ(*theirs, *ours);
  EXPECT_EQ(refusal(R"({"nodes_to_exclude": ["a"], "exclude": ["b"]})"),
            "recipe: 'nodes_to_exclude' and 'exclude' say the same");
}

TEST(RecipeFile, LinesAreNamedWhereThereAreSeveral) {
  EXPECT_EQ(refusal("{\n \"limit\": 1,\n \"limits\": 2}"),
            "recipe, line 3: there is no key 'limits'; did you mean 'limit'?");
  EXPECT_EQ(refusal("{\n \"exif\": true,\n \"limit\": -1}"),
            "recipe, line 3, key 'limit': wants a whole number from 0 to 2147483647");
  EXPECT_EQ(refusal("{\n \"limit\": }"), "recipe, line 2: not valid JSON at byte 13");
}

TEST(RecipeFile, TheDefaultPresetGivesWayToChoicesByHand) {
  const auto over_default = [](const std::string& json) {
    return *recipe_from_json(json, default_recipe());
  };
  const RecipeFile usual = over_default(R"({"limit": 3})");
  EXPECT_EQ(usual.preset, "best");
  EXPECT_EQ(usual.recipe.observer, "auto");
  EXPECT_FALSE(usual.recipe.corrections.empty());

  const RecipeFile by_hand = over_default(R"({"observer": "mse"})");
  EXPECT_EQ(by_hand.preset, "");
  EXPECT_EQ(by_hand.recipe.observer, "mse");
  EXPECT_TRUE(by_hand.recipe.corrections.empty());

  const RecipeFile refined = over_default(R"({"preset": "best", "observer": "mse"})");
  EXPECT_EQ(refined.recipe.observer, "mse");
  EXPECT_EQ(refined.recipe.corrections, usual.recipe.corrections);

  RecipeFile flags = default_recipe();
  EXPECT_TRUE(set_from_flag(flags, "corrections", "bias").ok());
  EXPECT_EQ(flags.recipe.observer, "min_max");
  EXPECT_EQ(flags.recipe.corrections, (std::vector<std::string>{"bias"}));

  RecipeFile open = default_recipe();
  EXPECT_TRUE(set_from_flag(open, "observer", "auto").ok());
  for (const RecipeFile& recipe : {usual, by_hand, refined, flags, open}) {
    for (const std::string& json : {recipe_to_json(recipe), wishes_to_json(recipe)}) {
      EXPECT_EQ(over_default(json).recipe, recipe.recipe) << json;
    }
  }
}

}  // namespace
}  // namespace octavo
