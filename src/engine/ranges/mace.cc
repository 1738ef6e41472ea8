// MACE's ranges: what a run with MACE_LOG_TENSOR_RANGE=1 logs (mace/core/net/serial_net.cc), and
// what tools/python/quantize/quantize_stat.py makes of it for the converter. quantize_stat writes
// six decimals; here a number has as many digits as its float needs, which the converter reads too.
#include "engine/ranges/formats.h"
#include "engine/ranges/lines.h"

namespace octavo {
namespace {

constexpr std::string_view kMark = "@@";
constexpr std::string_view kLogged = "Tensor range @@";

Result<NamedRange> named_range(std::string_view name, std::string_view range, int line) {
  if (name.empty()) return wrong_line(line, "wants a name before @@");
  if (name.size() > kLongestName) {
    return wrong_line(line,
                      "has a name of more than " + std::to_string(kLongestName) + " characters");
  }
  OCTAVO_ASSIGN_OR_RETURN(const Range read, range_in(range, line));
  return NamedRange{std::string(name), read, line};
}

std::string line_of(const NamedRange& value) {
  return value.name + std::string(kMark) + text_of(value.range.min) + "," +
         text_of(value.range.max) + "\n";
}

}  // namespace

bool is_mace(std::string_view text) { return text.find(kMark) != std::string_view::npos; }

Result<RangeFile> read_mace(const std::string& text) {
  RangeFile file;
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (trimmed(*line).empty()) continue;
    const size_t mark = line->rfind(kMark);
    if (mark == std::string_view::npos) return wrong_line(lines.number(), "wants NAME@@MIN,MAX");
    OCTAVO_ASSIGN_OR_RETURN(NamedRange value,
                            named_range(trimmed(line->substr(0, mark)),
                                        line->substr(mark + kMark.size()), lines.number()));
    file.values.push_back(std::move(value));
  }
  return file;
}

std::string write_mace(const RangeFile& file) {
  std::string text;
  for (const NamedRange& value : file.values) text += line_of(value);
  return text;
}

bool is_mace_log(std::string_view text) { return text.find(kLogged) != std::string_view::npos; }

// Lines of a log that are of something else are passed over. A third field, the histogram that
// operators with ranges of their own log, is too.
Result<RangeFile> read_mace_log(const std::string& text) {
  RangeFile file;
  Lines lines(text);
  while (const auto line = lines.next()) {
    const size_t begin = line->find(kLogged);
    if (begin == std::string_view::npos) continue;
    const std::string_view fields = line->substr(begin + kLogged.size());
    const size_t mark = fields.find(kMark);
    if (mark == std::string_view::npos) {
      return wrong_line(lines.number(), "wants Tensor range @@NAME@@MIN,MAX");
    }
    std::string_view range = fields.substr(mark + kMark.size());
    range = range.substr(0, range.find(kMark));
    OCTAVO_ASSIGN_OR_RETURN(NamedRange value,
                            named_range(fields.substr(0, mark), range, lines.number()));
    file.values.push_back(std::move(value));
  }
  return file;
}

std::string write_mace_log(const RangeFile& file) {
  std::string text;
  for (const NamedRange& value : file.values) text += std::string(kLogged) + line_of(value);
  return text;
}

}  // namespace octavo
