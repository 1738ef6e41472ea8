// JSON in and out, without exceptions: the one place that knows the library's options.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/status.h"

namespace octavo {

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;

// kInvalidArgument with the byte, and line, where reading stopped; `what` names the text
// ("recipe"). Nesting deeper than 64 is refused.
Result<Json> parse_json(const std::string& text, const std::string& what);

// The line of the first such key, from 1; 0 where there is none, or only one line at all.
int line_of_key(const std::string& text, const std::string& key);
std::string place_in(int line);  // "line 3"; empty for 0

// Bytes that are no UTF-8 are replaced. Indented by -1 it is one line.
std::string dump_json(const OrderedJson& json, int indent = 2);

}  // namespace octavo
