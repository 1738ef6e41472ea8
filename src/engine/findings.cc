#include "engine/findings.h"

#include <algorithm>

namespace octavo {
namespace {

constexpr size_t kShownNodes = 3;

std::string group_text(const std::vector<const Finding*>& group) {
  const Finding& first = *group.front();
  const size_t nodes = group.size();
  std::string text = std::string("  ") + name_of(first.severity) + "  " + first.code;
  if (nodes > 1) text += ", " + std::to_string(nodes) + " nodes";
  text += "\n";
  for (size_t i = 0; i < std::min(nodes, kShownNodes); ++i) {
    text +=
        "    " + (group[i]->node.empty() ? "" : group[i]->node + ": ") + group[i]->message + "\n";
  }
  if (nodes > kShownNodes) {
    text += "    and " + std::to_string(nodes - kShownNodes) + " more\n";
  }
  return text + "    -> " + first.remedy + "\n";
}

}  // namespace

OrderedJson to_json(const std::vector<Finding>& findings) {
  OrderedJson array = OrderedJson::array();
  for (const Finding& f : findings) {
    array.push_back({{"code", f.code},
                     {"severity", name_of(f.severity)},
                     {"node", f.node},
                     {"message", f.message},
                     {"remedy", f.remedy}});
  }
  return array;
}

std::string to_text(const std::vector<Finding>& findings) {
  if (findings.empty()) return "  nothing found\n";
  std::vector<const Finding*> sorted;
  for (const Finding& f : findings) sorted.push_back(&f);
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding* a, const Finding* b) {
    return std::pair(a->severity, a->code) < std::pair(b->severity, b->code);
  });
  std::string text;
  for (size_t i = 0; i < sorted.size();) {
    std::vector<const Finding*> group;
    const Finding& first = *sorted[i];
    const auto alike = [&](const Finding& f) {
      return f.code == first.code && f.severity == first.severity;
    };
    for (; i < sorted.size() && alike(*sorted[i]); ++i) {
      group.push_back(sorted[i]);
    }
    text += group_text(group);
  }
  return text;
}

bool has_error(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& f) { return f.severity == Severity::kError; });
}

}  // namespace octavo
