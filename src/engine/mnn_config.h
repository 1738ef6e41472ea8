// MNN's configuration of quantized.out, as it stands (alibaba/MNN docs/tools/quant.md;
// tools/quantization/calibration.cpp and Helper.cpp read it), as a recipe.
#pragma once

#include <string>
#include <vector>

#include "engine/recipe_file.h"

namespace octavo {

struct MnnConfig {
  RecipeFile recipe;
  std::string images;                 // "path"
  std::vector<std::string> warnings;  // keys that nobody knows, and those without effect here
};

// KL and ADMM calibrate symmetric int8 activations; EMA, which in MNN also trains, becomes the
// moving average that it begins with. Pictures keep their centre (center_crop_w, _h), are resized
// so that corners meet corners, and the first used_image_num of the sorted folder count. Whether
// samples are pictures or sequences (sample_files.h) is seen from the model and its samples.
// kInvalidArgument with line and reason for values that are wrong or that cannot be had here.
Result<MnnConfig> read_mnn_config(const std::string& json);

}  // namespace octavo
