// What a search for layers to leave in float found, as JSON and text; and what it knows, as the
// JSON of a file from which it goes on.
//
//   {"schema": 1, "layers": ["conv1", ...], "trials": [{"float": [0, 3], "int8_share": 0.93,
//    "sqnr_db": 24.1, "agreement": 0.98, ...}, ...]}
#pragma once

#include <string>

#include "engine/json.h"
#include "quant/fallback.h"

namespace octavo {

// What is not known is null.
OrderedJson to_json(const Verdict& verdict);
OrderedJson to_json(const FallbackReport& report);
std::string to_text(const FallbackReport& report);

std::string state_to_json(const FallbackState& state);
// kInvalidArgument names the trial, or the line.
Result<FallbackState> state_from_json(const std::string& text);

}  // namespace octavo
