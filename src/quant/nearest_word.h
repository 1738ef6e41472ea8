// "Did you mean": the known word closest to a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace octavo {

// The candidate with the fewest edits (insert, erase, replace a character; case is free), the first
// of equals; empty where there are no candidates.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

}  // namespace octavo
