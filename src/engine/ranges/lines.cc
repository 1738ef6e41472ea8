#include "engine/ranges/lines.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "engine/json.h"

namespace octavo {
namespace {

constexpr std::string_view kBlanks = " \t";
constexpr size_t kShown = 40;  // characters of what was read, in an error

std::string shown(std::string_view text) {
  return "'" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "...'" : "'");
}

}  // namespace

std::optional<std::string_view> Lines::next() {
  if (rest_.empty()) return {};
  const size_t end = std::min(rest_.find('\n'), rest_.size());
  std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++number_;
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  while (!(line = trimmed(line)).empty()) {
    const size_t end = std::min(line.find_first_of(kBlanks), line.size());
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return fields;
}

std::optional<double> number_in(std::string_view text) {
  // strtod, because float from_chars is not everywhere; the locale is never changed.
  const std::string copy(text);
  char* end = nullptr;
  const double x = std::strtod(copy.c_str(), &end);
  if (copy.empty() || end != copy.c_str() + copy.size() || !std::isfinite(x)) return std::nullopt;
  return x;
}

Status wrong_line(int line, const std::string& what) {
  return {ErrorCode::kInvalidArgument, what, place_in(line)};
}

Result<Range> range_in(std::string_view text, int line) {
  const size_t comma = text.find(',');
  if (comma == std::string_view::npos) {
    return wrong_line(line, "wants MIN,MAX, not " + shown(text));
  }
  const auto min = number_in(trimmed(text.substr(0, comma)));
  const auto max = number_in(trimmed(text.substr(comma + 1)));
  if (!min || !max) return wrong_line(line, "wants two finite numbers MIN,MAX, not " + shown(text));
  const Range range{static_cast<float>(*min), static_cast<float>(*max)};
  if (!std::isfinite(range.min) || !std::isfinite(range.max)) {
    return wrong_line(line, "wants numbers that a float can hold, not " + shown(text));
  }
  if (range.min > range.max) {
    return wrong_line(line, "has a minimum above its maximum: " + shown(text));
  }
  return range;
}

std::string text_of(float x) {
  char text[32];
  for (const int digits : {6, 7, 8, 9}) {
    std::snprintf(text, sizeof text, "%.*g", digits, static_cast<double>(x));
    if (static_cast<float>(std::strtod(text, nullptr)) == x) break;
  }
  return text;
}

}  // namespace octavo
