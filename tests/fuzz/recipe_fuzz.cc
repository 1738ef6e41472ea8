// Any text as a recipe, and a recipe that was read survives being written.
#include <cstdlib>
#include <string>

#include "engine/recipe_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto recipe = octavo::recipe_from_json(text);
  if (recipe.ok()) {
    const auto again = octavo::recipe_from_json(octavo::recipe_to_json(*recipe));
    if (!again.ok() || octavo::recipe_to_json(*again) != octavo::recipe_to_json(*recipe))
      std::abort();
  }
  octavo::RecipeFile flags;
  for (const octavo::RecipeKey& key : octavo::recipe_keys()) {
    if (!octavo::set_from_flag(flags, key.key, text).ok()) continue;
  }
  return 0;
}
