#include "engine/threshold.h"

#include <array>
#include <cstdlib>
#include <optional>

#include "quant/nearest_word.h"

namespace octavo {
namespace {

struct Figure {
  const char* name;
  std::optional<double> (*get)(const CompareReport& report);
};

constexpr std::array kFigures = {
    Figure{"top1", [](const CompareReport& r) { return r.quantized.top1; }},
    Figure{"top5", [](const CompareReport& r) { return r.quantized.top5; }},
    Figure{"agreement", [](const CompareReport& r) { return r.agreement; }},
    Figure{"sqnr", [](const CompareReport& r) { return std::optional(r.output.sqnr_db); }},
    Figure{"cosine", [](const CompareReport& r) { return std::optional(r.output.cosine); }},
};

const Figure* find_figure(const std::string& name) {
  for (const Figure& figure : kFigures) {
    if (name == figure.name) return &figure;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<Threshold>> parse_thresholds(const std::string& text) {
  std::vector<std::string> names;
  for (const Figure& figure : kFigures) names.emplace_back(figure.name);
  std::vector<Threshold> thresholds;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    const size_t equals = std::min(part.find('='), part.size());
    const std::string name = part.substr(0, equals);
    if (!find_figure(name)) {
      return Status(
          ErrorCode::kInvalidArgument,
          "there is no figure '" + name + "'; did you mean '" + nearest_word(name, names) + "'?",
          "--fail-below");
    }
    const std::string value = equals < part.size() ? part.substr(equals + 1) : "";
    char* stop = nullptr;
    const double least = std::strtod(value.c_str(), &stop);
    if (value.empty() || *stop != '\0') {
      return Status(ErrorCode::kInvalidArgument,
                    "'" + part + "' wants a number, as in " + name + "=0.9", "--fail-below");
    }
    thresholds.push_back({name, least});
  }
  return thresholds;
}

std::string missed_thresholds(const CompareReport& report,
                              const std::vector<Threshold>& thresholds) {
  std::string text;
  for (const Threshold& t : thresholds) {
    const std::optional<double> value = find_figure(t.figure)->get(report);
    if (value && *value >= t.least) continue;
    char line[128];
    if (value) {
      std::snprintf(line, sizeof line, "  missed: %s is %.4g, below %.4g\n", t.figure.c_str(),
                    *value, t.least);
    } else {
      std::snprintf(line, sizeof line, "  missed: %s is not known (are there labels?)\n",
                    t.figure.c_str());
    }
    text += line;
  }
  return text;
}

}  // namespace octavo
