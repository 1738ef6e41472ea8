#include "engine/report_html.h"

#include <string_view>

#include "engine/json.h"
#include "engine/version.h"

extern const char kReportTemplate[];  // made by cmake/report.cmake

namespace octavo {
namespace {

constexpr std::string_view kPlace = "{{data}}";

// Within a script element `<` could end it; in JSON it stands in texts alone, where it has another
// form.
std::string without_less_than(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace

Result<std::string> report_html(const std::string& report, const std::string& title) {
  OCTAVO_ASSIGN_OR_RETURN(const Json read, parse_json(report, "report"));
  const OrderedJson data = {{"title", title}, {"version", kVersion}, {"report", read}};
  const std::string_view page = kReportTemplate;
  const size_t place = page.find(kPlace);
  std::string html(page.substr(0, place));
  html += without_less_than(dump_json(data, -1));
  html += page.substr(place + kPlace.size());
  return html;
}

}  // namespace octavo
