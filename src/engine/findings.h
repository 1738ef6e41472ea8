// What lint found, as JSON and as text.
#pragma once

#include <string>
#include <vector>

#include "engine/json.h"
#include "quant/lint.h"

namespace octavo {

OrderedJson to_json(const std::vector<Finding>& findings);  // a list

// Errors first; findings of one code together, the first nodes of each. One line where there are
// none.
std::string to_text(const std::vector<Finding>& findings);

bool has_error(const std::vector<Finding>& findings);

}  // namespace octavo
