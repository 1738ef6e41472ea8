// Protobuf's wire format walked by hand over a random-access source, through a bounded window: only
// the tags and lengths of a message are looked at, its payloads where and when they are wanted.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/status.h"

namespace octavo::onnx {

inline Status unreadable(std::string message) {
  return {ErrorCode::kModelUnreadable, std::move(message)};
}

// Bytes [begin, end) of the source.
struct Extent {
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t size() const { return end - begin; }
};

enum class WireType : uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

struct Field {
  int number = 0;
  WireType type = WireType::kVarint;
  uint64_t start = 0;  // of the tag
  Extent payload;      // within its message: checked
};

class WireReader {
 public:
  explicit WireReader(std::shared_ptr<const ByteSource> source) : source_(std::move(source)) {}

  const std::shared_ptr<const ByteSource>& source() const { return source_; }
  Extent everything() const { return {0, source_->size()}; }

  // The field at rest.begin, and moves rest.begin behind it.
  Result<Field> next(Extent& rest);
  // One varint at rest.begin, and moves rest.begin behind it.
  Result<uint64_t> varint(Extent& rest);
  Status read(uint64_t offset, std::span<std::byte> out);
  Result<std::string> text(Extent extent);

  // The fields of `message` whose numbers are in `by_hand`, messages themselves; all others are
  // joined to `others`, for protobuf to parse: leaving a field out is joining the rest.
  Result<std::vector<Field>> split(Extent message, std::initializer_list<int> by_hand,
                                   std::string& others);

 private:
  Status look_at(uint64_t offset);  // makes the window hold the byte at `offset`

  std::shared_ptr<const ByteSource> source_;
  std::vector<std::byte> window_;
  uint64_t window_begin_ = 0;
  uint64_t structure_ = 0;  // bytes handed out for parsing so far
};

}  // namespace octavo::onnx
