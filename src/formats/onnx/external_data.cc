#include "formats/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/onnx/wire.h"

namespace octavo::onnx {
namespace {

// A relative path with plain parts: no "..", no drive, no other machine's separators.
bool stays_beside(const std::string& location) {
  if (location.empty() || location.front() == '/') return false;
  const auto is_odd = [](char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\\' || c == ':';
  };
  if (std::any_of(location.begin(), location.end(), is_odd)) return false;
  return ("/" + location + "/").find("/../") == std::string::npos;
}

std::optional<uint64_t> number(const std::string& text) {
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The number under `key`, or the fallback where there is none.
Result<uint64_t> number_of(const std::map<std::string, std::string>& keys, const std::string& key,
                           uint64_t fallback) {
  const auto found = keys.find(key);
  if (found == keys.end()) return fallback;
  const auto value = number(found->second);
  if (!value)
    return unreadable("its external data has " + key + " '" + found->second +
                      "', which is no number of bytes: export the model again");
  return *value;
}

}  // namespace

Result<FileRange> ExternalData::find(const std::map<std::string, std::string>& keys,
                                     uint64_t bytes) {
  const auto location = keys.find("location");
  if (location == keys.end()) {
    return unreadable(
        "its data is in another file, but the model does not say which: export it again");
  }
  OCTAVO_ASSIGN_OR_RETURN(const uint64_t offset, number_of(keys, "offset", 0));
  OCTAVO_ASSIGN_OR_RETURN(const uint64_t length, number_of(keys, "length", bytes));
  OCTAVO_ASSIGN_OR_RETURN(auto source, open(location->second));
  if (length != bytes) {
    return unreadable("its shape asks for " + std::to_string(bytes) +
                      " bytes, but the model gives it " + std::to_string(length) + " of '" +
                      location->second + "': export the model again");
  }
  if (offset > source->size() || bytes > source->size() - offset) {
    return unreadable("'" + location->second + "' ends too early: " + std::to_string(bytes) +
                      " bytes wanted at " + std::to_string(offset) + " of " +
                      std::to_string(source->size()) +
                      "; is it the file that belongs to this model, and whole?");
  }
  return FileRange{std::move(source), offset};
}

Result<std::shared_ptr<const ByteSource>> ExternalData::open(const std::string& location) {
  if (!stays_beside(location)) {
    return unreadable("its data is said to be in '" + location +
                      "', outside the model's folder, where Octavo does not look: keep the file "
                      "beside the model and export it again");
  }
  const auto known = files_.find(location);
  if (known != files_.end()) return known->second;
  if (!open_sibling_) {
    return Status(ErrorCode::kIo, "its data is in '" + location +
                                      "' beside the model: give that file together with the model");
  }
  auto opened = open_sibling_(location);
  if (!opened.ok()) {
    return Status(opened.status().code(),
                  "its data is in '" + location + "' beside the model, which cannot be opened (" +
                      opened.status().message() + "): put that file beside the model");
  }
  files_[location] = *opened;
  return opened;
}

uint64_t ExternalData::bytes() const {
  uint64_t sum = 0;
  for (const auto& [location, source] : files_) sum += source->size();
  return sum;
}

}  // namespace octavo::onnx
