// The words that keys of a recipe can be, with a line for people each: for faces that show them.
#pragma once

#include <string>

namespace octavo {

// JSON: lists of {name, description} by key; of "preset" with `sets` too, the keys that it is of.
std::string choices_json();

}  // namespace octavo
