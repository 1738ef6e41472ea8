// A recipe as people write it: one flat JSON object whose keys are the command line's flags without
// the dashes ("exclude_ops" for --exclude-op). One table of keys serves files, flags and the API.
//
//   {"schema": 1, "preprocess": "tf", "resize": 256, "crop": [224, 224], "limit": 100,
//    "observer": "min_max", "weights": "per-channel", "activations": "uint8", "exclude": ["head*"]}
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "image/preprocess.h"
#include "quant/recipe.h"

namespace octavo {

struct RecipeFile {
  std::string preprocess_name;  // "tf", ...; empty where none was named
  Preprocess preprocess;        // the named one with the user's changes
  std::string preset;           // that the recipe began with; empty for none
  bool is_preset_given = true;  // else the default one gives way to choices by hand
  int64_t limit = 0;            // calibration samples; 0: all
  bool pick_first = false;      // which of the sorted ones: the first, or spread evenly over all
  bool data_free = false;       // ranges from BatchNormalization, no samples: quant/data_free.h
  Recipe recipe;
  bool operator==(const RecipeFile&) const = default;

  bool center_crop() const;  // see resolve() in image/preprocess.h
};

// What faces begin with: the preset "best", until a recipe names another, or chooses its observer
// or corrections itself.
const RecipeFile& default_recipe();

// A key of the table, for faces that list what there is.
struct RecipeKey {
  const char* key;    // "exclude_ops"
  const char* flag;   // "--exclude-op"
  const char* value;  // what the flag takes: "N | WxH"; empty for a switch
  const char* help;
  bool repeatable;
};
std::span<const RecipeKey> recipe_keys();

// kInvalidArgument names the key or the place in the text. Keys that are absent keep what `base`
// says.
Result<RecipeFile> recipe_from_json(const std::string& json, const RecipeFile& base = {});
// Keys in the table's order; without what the default preset sets, where it is not given.
std::string recipe_to_json(const RecipeFile& recipe, int indent = 2);
// One line of the keys that, read over default_recipe(), give the same.
std::string wishes_to_json(const RecipeFile& recipe);

// Sets one key from the text of a flag: "256", "224x224", "104,117,123", "per-tensor".
// A repeatable key appends.
Status set_from_flag(RecipeFile& recipe, const std::string& key, const std::string& text);

// The resolved plan in a few lines, echoed before work begins. Without samples `resolved` is left
// out.
std::string describe(const RecipeFile& recipe, const std::optional<Preprocess>& resolved = {});

}  // namespace octavo
