// Recipes by name: where a person begins who knows what others call it.
#pragma once

#include <span>

namespace octavo {

struct Preset {
  const char* name;
  const char* description;  // one line, for people
  const char* sets;         // keys of a recipe file, as JSON; all other keys stay as they are
};

std::span<const Preset> presets();

}  // namespace octavo
