#include "engine/labels.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

namespace octavo {
namespace {

using Classes = std::map<std::string, int64_t, std::less<>>;

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

// -1 where the line does not end in a number.
int64_t index_in(std::string_view line, size_t blank) {
  int64_t index = -1;
  const char* end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data() + blank + 1, end, index);
  return error == std::errc() && rest == end ? index : -1;
}

Result<Classes> read_lines(const std::string& text) {
  Classes classes;
  int number = 0;
  for (size_t begin = 0, end = 0; begin < text.size(); begin = end + 1) {
    end = std::min(text.find('\n', begin), text.size());
    const auto line = without_blanks_behind(std::string_view(text).substr(begin, end - begin));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const size_t blank = line.find_last_of(" \t");
    const int64_t index = blank == std::string_view::npos ? -1 : index_in(line, blank);
    if (index < 0) {
      return Status(ErrorCode::kCalibrationData, "wants `file class-index`, the index from 0",
                    "line " + std::to_string(number));
    }
    classes.insert_or_assign(std::string(without_blanks_behind(line.substr(0, blank))), index);
  }
  return classes;
}

std::string_view file_in(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

}  // namespace

Result<std::vector<int64_t>> labels_from_lines(const std::string& text,
                                               std::span<const std::string> names) {
  OCTAVO_ASSIGN_OR_RETURN(const Classes classes, read_lines(text));
  if (classes.empty()) return Status(ErrorCode::kCalibrationData, "holds no labels");
  std::vector<int64_t> labels;
  for (const std::string& name : names) {
    auto found = classes.find(name);
    if (found == classes.end()) found = classes.find(file_in(name));
    labels.push_back(found == classes.end() ? -1 : found->second);
  }
  if (std::all_of(labels.begin(), labels.end(), [](int64_t label) { return label < 0; })) {
    return Status(ErrorCode::kCalibrationData,
                  "names none of the pictures; its lines are `file class-index`");
  }
  return labels;
}

std::vector<int64_t> labels_from_folders(std::span<const std::string> names) {
  std::set<std::string_view> folders;
  for (const std::string& name : names) folders.insert(folder_of(name));
  std::vector<int64_t> labels;
  for (const std::string& name : names) {
    labels.push_back(std::distance(folders.begin(), folders.find(folder_of(name))));
  }
  return labels;
}

}  // namespace octavo
