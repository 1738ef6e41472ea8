#include "engine/json.h"

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
    error_ = "not valid JSON at byte " + std::to_string(position);
    return false;
  }

  const std::string& error() const { return error_; }

 private:
  bool descend() {
    if (++depth_ <= kMaxDepth) return true;
    error_ = "nested deeper than " + std::to_string(kMaxDepth);
    return false;
  }
  int depth_ = 0;
  std::string error_;
};

}  // namespace

Result<Json> parse_json(const std::string& text, const std::string& what) {
  Checker checker;
  if (!Json::sax_parse(text, &checker)) {
    return Status(ErrorCode::kInvalidArgument, checker.error(), what);
  }
  return Json::parse(text, nullptr, /*allow_exceptions=*/false);
}

std::string dump_json(const OrderedJson& json, int indent) {
  return json.dump(indent, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace octavo
