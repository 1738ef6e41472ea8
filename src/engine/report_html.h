// A comparison as one HTML file for people: self-contained, asks nothing of any network.
#pragma once

#include <string>

#include "base/status.h"

namespace octavo {

// `report` is the JSON of engine/report_json.h, or what became of it elsewhere; kInvalidArgument
// where it is no JSON. The page, web/report, draws itself from it.
Result<std::string> report_html(const std::string& report, const std::string& title);

}  // namespace octavo
