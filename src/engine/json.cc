#include "engine/json.h"

#include <algorithm>

namespace octavo {
namespace {

constexpr int kMaxDepth = 64;

// Reads the text only to learn whether, and where, it goes wrong.
class Checker : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(size_t) override { return descend(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return --depth_, true; }
  bool start_array(size_t) override { return descend(); }
  bool end_array() override { return --depth_, true; }
  bool parse_error(size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    position_ = position;
    error_ = "not valid JSON at byte " + std::to_string(position);
    return false;
  }

  const std::string& error() const { return error_; }
  size_t position() const { return position_; }

 private:
  bool descend() {
    if (++depth_ <= kMaxDepth) return true;
    error_ = "nested deeper than " + std::to_string(kMaxDepth);
    return false;
  }
  int depth_ = 0;
  size_t position_ = 0;
  std::string error_;
};

// From 1; 0 of a text of one line, where it would tell nothing.
int line_of_byte(const std::string& text, size_t position) {
  if (text.find('\n') == std::string::npos) return 0;
  const auto end = text.begin() + static_cast<ptrdiff_t>(std::min(position, text.size()));
  return 1 + static_cast<int>(std::count(text.begin(), end, '\n'));
}

}  // namespace

Result<Json> parse_json(const std::string& text, const std::string& what) {
  Checker checker;
  if (!Json::sax_parse(text, &checker)) {
    const int line = line_of_byte(text, checker.position());
    return Status(ErrorCode::kInvalidArgument, checker.error(),
                  (what.empty() || line == 0 ? what : what + ", ") + place_in(line));
  }
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

int line_of_key(const std::string& text, const std::string& key) {
  const std::string quoted = '"' + key + '"';
  for (size_t at = text.find(quoted); at != std::string::npos; at = text.find(quoted, at + 1)) {
    const size_t behind = text.find_first_not_of(" \t\r\n", at + quoted.size());
    if (behind != std::string::npos && text[behind] == ':') return line_of_byte(text, at);
  }
  return 0;
}

std::string place_in(int line) { return line > 0 ? "line " + std::to_string(line) : ""; }

std::string dump_json(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace octavo
