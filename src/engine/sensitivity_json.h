// Sensitivity of layers as JSON, and as a table that a person reads in a terminal.
#pragma once

#include <string>

#include "engine/json.h"
#include "quant/sensitivity.h"

namespace octavo {

OrderedJson to_json(const Sensitivity& sensitivity);
// Those first that gain most by being left in float.
std::string to_text(const Sensitivity& sensitivity);

}  // namespace octavo
