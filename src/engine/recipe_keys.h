// The table of a recipe's keys: how each is read from JSON and written to it. recipe_file.h is the
// public face.
#pragma once

#include <span>
#include <string>

#include "engine/json.h"
#include "engine/recipe_file.h"

namespace octavo {

struct Key {
  RecipeKey shown;
  Status (*set)(RecipeFile& r, const Json& j);
  Json (*get)(const RecipeFile& r);  // null where it has nothing to say
  bool is_choice = false;            // of a preset: made by hand, the default preset gives way
};
// Those that set what others refine come first.
std::span<const Key> keys();

// The name of a key, where other tools have another word for it.
std::string canonical(const std::string& name);
// Null where there is none.
const Key* find_key(const std::string& name);

}  // namespace octavo
