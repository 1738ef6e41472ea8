#include "engine/mnn_config.h"

#include <gtest/gtest.h>

namespace octavo {
namespace {

std::string refusal(const std::string& json) { return read_mnn_config(json).status().to_string(); }

const char* const kEma = R"({
  "format": "RGB", "mean": [127.5, 127.5, 127.5], "normal": [0.0078], "width": 96, "height": 64,
  "path": "pictures/", "used_image_num": 500, "used_sample_num": 20, "batch_size": 32,
  "feature_quantize_method": "EMA", "weight_quantize_method": "MAX_ABS", "center_crop_h": 0.9,
  "feature_clamp_value": 127, "weight_clamp_value": 127.0, "skip_quant_op_names": ["head", "a*"],
  "input_type": "image", "debug": false, "quant_bits": 8, "winogradOpt": true, "widht": 3})";

TEST(MnnConfig, BecomesARecipe) {
  const Result<MnnConfig> config = read_mnn_config(kEma);
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->images, "pictures/");
  const RecipeFile& r = config->recipe;
  EXPECT_EQ(r.preprocess.color, Color::kRgb);
  EXPECT_EQ(r.preprocess.mean, (std::vector<float>{127.5f, 127.5f, 127.5f}));
  EXPECT_EQ(r.preprocess.norm, (std::vector<float>{0.0078f, 1, 1}));  // filled up as MNN does
  EXPECT_EQ(r.preprocess.resize, (Size{96, 64}));
  EXPECT_EQ(r.preprocess.center_fraction, (std::array<float, 2>{1, 0.9f}));
  EXPECT_EQ(r.preprocess.interpolation, Interpolation::kBilinearCorners);
  EXPECT_EQ(r.limit, 20);
  EXPECT_TRUE(r.pick_first);
  EXPECT_EQ(r.recipe.observer, "moving_average");
  EXPECT_EQ(r.recipe.activations, DType::kInt8);
  EXPECT_FALSE(r.recipe.symmetric);
  EXPECT_EQ(r.recipe.weights, Granularity::kPerChannel);
  EXPECT_EQ(r.recipe.exclude, (std::vector<std::string>{"head", "a*"}));
}

TEST(MnnConfig, WarnsOfKeysThatNobodyKnowsOrThatHaveNoEffect) {
  EXPECT_EQ(read_mnn_config(kEma)->warnings,
            (std::vector<std::string>{
                "batch_size is without effect: samples run one at a time, with the same result",
                "winogradOpt is without effect: kernels choose for themselves",
                "line 6, there is no key 'widht'; did you mean 'width'?",
                "feature_quantize_method EMA also trains weights in MNN; here ranges alone are "
                "averaged"}));
}

TEST(MnnConfig, DefaultsAreMnns) {
  const Result<MnnConfig> config = read_mnn_config(R"({"path": "p"})");
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->recipe.preprocess.color, Color::kBgr);
  EXPECT_EQ(config->recipe.recipe.observer, "kl_mnn");
  EXPECT_TRUE(config->recipe.recipe.symmetric);
  EXPECT_EQ(config->recipe.recipe.activations, DType::kInt8);
}

TEST(MnnConfig, AdmmIsAnObserverAndAWeightMethod) {
  const Result<MnnConfig> config =
      read_mnn_config(R"({"feature_quantize_method": "ADMM", "weight_quantize_method": "ADMM"})");
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->recipe.recipe.observer, "admm");
  EXPECT_EQ(config->recipe.recipe.weight_method, "admm");
}

TEST(MnnConfig, SevenBitsAreAClampOf63) {
  const Result<MnnConfig> config =
      read_mnn_config(R"({"feature_quantize_method": "EMA", "feature_clamp_value": 63})");
  ASSERT_TRUE(config.ok()) << config.status().to_string();
  EXPECT_EQ(config->recipe.recipe.activation_bits, 7);
}

TEST(MnnConfig, RefusesWithLineAndReason) {
  const struct {
    const char* json;
    const char* wanted;
  } kCases[] = {
      {"", "not valid JSON at byte 1"},
      {"{\n\"path\": }", "line 2: not valid JSON at byte 11"},
      {"[]", "wants one JSON object"},
      {"{\n\"format\": \"RBG\"}", "line 2, key 'format': does not know 'RBG'; did you mean 'BGR'?"},
      {"{\"format\": \"BGRA\"}", "key 'format': BGRA cannot be had here; give .npy arrays"},
      {"{\"mean\": 127.5}", "key 'mean': wants a list of up to 4 numbers"},
      {"{\"mean\": [\"a\"]}", "key 'mean': wants a number or a list of numbers"},
      {"{\"mean\": [1e39]}", "key 'mean': wants a number or a list of numbers"},
      {"{\"width\": 0}", "key 'width': wants a whole number from 1 to 65536"},
      {"{\"width\": 1.5}", "key 'width': wants a whole number from 1 to 65536"},
      {"{\"feature_quantize_method\": \"EMA\", \"width\": 224}", "width and height go together"},
      {"{\"path\": 1}", "key 'path': wants a text"},
      {"{\"used_image_num\": -1}",
       "key 'used_image_num': wants a whole number from 0 to 2147483647"},
      {"{\"center_crop_h\": 0}", "key 'center_crop_h': wants a share above 0"},
      {"{\"center_crop_w\": 1.5}", "key 'center_crop_w': wants a number from 0 to 1"},
      {"{\n\n\"feature_quantize_method\": \"LK\"}",
       "line 3, key 'feature_quantize_method': does not know 'LK'; did you mean 'KL'?"},
      {"{\"weight_quantize_method\": \"MAX\"}",
       "key 'weight_quantize_method': does not know 'MAX'; did you mean 'MAX_ABS'?"},
      {"{\"feature_clamp_value\": 128}", "key 'feature_clamp_value': wants a number from 0 to 127"},
      {"{\"feature_clamp_value\": 100}",
       "key 'feature_clamp_value': can be 127 (8 bits) or 63 (7 bits) here, not 100"},
      {"{\"quant_bits\": 4}", "key 'quant_bits': can be 8 or 7 here; --scheme weight-only has 4"},
      {"{\"skip_quant_op_names\": \"conv\"}", "key 'skip_quant_op_names': wants a list of names"},
      {"{\"debug\": 1}", "key 'debug': wants true or false"},
      {"{\"input_type\": \"sequences\"}",
       "key 'input_type': does not know 'sequences'; did you mean 'sequence'?"},
      {"{\"inputs\": [{\"name\": \"x\", \"value\": 1}]}",
       "key 'inputs': fixed inputs cannot be had here; give them in the samples' input.json"},
  };
  for (const auto& [json, wanted] : kCases) EXPECT_EQ(refusal(json), wanted) << json;
}

}  // namespace
}  // namespace octavo
