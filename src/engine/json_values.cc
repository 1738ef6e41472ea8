#include "engine/json_values.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "quant/nearest_word.h"

namespace octavo {
namespace {

constexpr size_t kLongestWord = 100;  // mistyped words are compared with known ones up to here

}  // namespace

Status wrong_value(const std::string& what) { return {ErrorCode::kInvalidArgument, what}; }

Result<std::string> as_text(const Json& j) {
  if (j.is_string()) return j.get<std::string>();
  return wrong_value("wants a text");
}

Result<bool> as_bool(const Json& j) {
  if (j.is_boolean()) return j.get<bool>();
  return wrong_value("wants true or false");
}

Result<double> as_number(const Json& j) {
  if (j.is_number()) return j.get<double>();
  return wrong_value("wants a number");
}

Result<double> as_number(const Json& j, double least, double most) {
  if (j.is_number() && j.get<double>() >= least && j.get<double>() <= most) return j.get<double>();
  char wanted[80];
  std::snprintf(wanted, sizeof wanted, "wants a number from %g to %g", least, most);
  return wrong_value(wanted);
}

Result<int64_t> as_int(const Json& j, int64_t least, int64_t most) {
  if (j.is_number()) {
    const double x = j.get<double>();
    if (x == std::floor(x) && x >= static_cast<double>(least) && x <= static_cast<double>(most)) {
      return static_cast<int64_t>(x);
    }
  }
  return wrong_value("wants a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most));
}

Result<Size> as_size(const Json& j) {
  if (j.is_array() && j.size() == 2) {
    OCTAVO_ASSIGN_OR_RETURN(const int64_t width, as_int(j[0], 1, 1 << 16));
    OCTAVO_ASSIGN_OR_RETURN(const int64_t height, as_int(j[1], 1, 1 << 16));
    return Size{static_cast<int>(width), static_cast<int>(height)};
  }
  return wrong_value("wants a size, [width, height] or WxH");
}

Result<std::vector<float>> as_numbers(const Json& j) {
  std::vector<float> out;
  for (const Json& item : j.is_array() ? j : Json::array({j})) {
    if (!item.is_number() || !std::isfinite(item.get<float>()))
      return wrong_value("wants a number or a list of numbers");
    out.push_back(item.get<float>());
  }
  return out;
}

Result<std::vector<std::string>> as_texts(const Json& j) {
  if (j.is_string()) return std::vector<std::string>{j.get<std::string>()};
  std::vector<std::string> out;
  for (const Json& item : j.is_array() ? j : Json::array({nullptr})) {
    if (!item.is_string()) return wrong_value("wants a text or a list of texts");
    out.push_back(item.get<std::string>());
  }
  return out;
}

Result<std::map<std::string, Range>> as_ranges(const Json& j) {
  std::map<std::string, Range> out;
  if (!j.is_object()) return wrong_value("wants {\"NAME\": [MIN, MAX]}, or NAME=MIN,MAX");
  for (const auto& [name, ends] : j.items()) {
    if (!ends.is_array() || ends.size() != 2 || !ends[0].is_number() || !ends[1].is_number()) {
      return wrong_value("wants two numbers for '" + name + "', [MIN, MAX]");
    }
    out[name] = {ends[0].get<float>(), ends[1].get<float>()};
  }
  return out;
}

Result<size_t> one_of(const Json& j, const std::vector<std::string>& words) {
  OCTAVO_ASSIGN_OR_RETURN(const std::string text, as_text(j));
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<size_t>(found - words.begin());
  const std::string word = text.substr(0, kLongestWord);
  return wrong_value("does not know '" + word + "'; did you mean '" + nearest_word(word, words) +
                     "'?");
}

}  // namespace octavo
