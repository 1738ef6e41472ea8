#include "formats/onnx/wire.h"

#include <algorithm>

namespace octavo::onnx {
namespace {

// A jump starts with a small read (the header of the next of many weights); reading on makes the
// window grow, so that a long row of nodes takes few calls.
constexpr size_t kFirstWindow = 4 << 10;
constexpr size_t kLastWindow = 256 << 10;

// What is not tensor data becomes objects of many times its size. The largest models have a few
// megabytes of it and some hundred thousand fields in a message; beyond this a file is an attack.
constexpr uint64_t kMaxStructure = 64 << 20;
constexpr size_t kMaxFields = 1 << 20;

Status damaged(const std::string& what, uint64_t offset) {
  return {ErrorCode::kModelUnreadable, what + " at byte " + std::to_string(offset) +
                                           ": the file is damaged or cut short; try to copy, "
                                           "download or export it again"};
}

Status too_much(const std::string& what) {
  return {ErrorCode::kModelUnsupported,
          "the model has more than " + what +
              "; keep large data in tensors, or split the model into several"};
}

}  // namespace

Status WireReader::look_at(uint64_t offset) {
  const uint64_t window_end = window_begin_ + window_.size();
  if (offset >= window_begin_ && offset < window_end) return {};
  if (offset >= source_->size()) return damaged("the bytes end", offset);
  const bool reads_on = offset >= window_end && offset - window_end < kFirstWindow;
  const uint64_t wanted =
      reads_on ? std::clamp(window_.size() * 4, kFirstWindow, kLastWindow) : kFirstWindow;
  window_.resize(static_cast<size_t>(std::min(wanted, source_->size() - offset)));
  window_begin_ = offset;
  Status status = source_->read(offset, window_);
  if (!status.ok()) window_.clear();
  return status;
}

Result<uint64_t> WireReader::varint(Extent& rest) {
  const uint64_t start = rest.begin;
  uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (rest.begin >= rest.end) return damaged("a number is cut off", start);
    OCTAVO_RETURN_IF_ERROR(look_at(rest.begin));
    const auto byte =
        static_cast<uint64_t>(window_[static_cast<size_t>(rest.begin - window_begin_)]);
    ++rest.begin;
    if (shift < 64) value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return damaged("a number has more than 10 bytes", start);
}

Result<Field> WireReader::next(Extent& rest) {
  Field field;
  field.start = rest.begin;
  OCTAVO_ASSIGN_OR_RETURN(const uint64_t tag, varint(rest));
  if (tag >> 3 == 0 || tag >> 32 != 0) return damaged("no field has such a number", field.start);
  field.number = static_cast<int>(tag >> 3);
  field.type = static_cast<WireType>(tag & 7);
  field.payload.begin = rest.begin;
  uint64_t size = 0;
  switch (field.type) {
    case WireType::kVarint: {
      OCTAVO_RETURN_IF_ERROR(varint(rest).status());
      field.payload.end = rest.begin;
      return field;
    }
    case WireType::kFixed32:
      size = 4;
      break;
    case WireType::kFixed64:
      size = 8;
      break;
    case WireType::kLength: {
      OCTAVO_ASSIGN_OR_RETURN(size, varint(rest));
      field.payload.begin = rest.begin;
      break;
    }
    default:
      return damaged("there is a field of no known kind", field.start);
  }
  if (size > rest.size()) {
    return damaged("a field wants " + std::to_string(size) + " bytes where " +
                       std::to_string(rest.size()) + " are left",
                   field.start);
  }
  rest.begin += size;
  field.payload.end = rest.begin;
  return field;
}

Status WireReader::read(uint64_t offset, std::span<std::byte> out) {
  const uint64_t window_end = window_begin_ + window_.size();
  if (offset >= window_begin_ && offset < window_end && out.size() <= window_end - offset) {
    std::copy_n(window_.data() + (offset - window_begin_), out.size(), out.data());
    return {};
  }
  return source_->read(offset, out);
}

Result<std::string> WireReader::text(Extent extent) {
  structure_ += extent.size();
  if (structure_ > kMaxStructure) return too_much("64 MB of names and attributes");
  std::string text(static_cast<size_t>(extent.size()), '\0');
  OCTAVO_RETURN_IF_ERROR(read(extent.begin, std::as_writable_bytes(std::span(text))));
  return text;
}

Result<std::vector<Field>> WireReader::split(Extent message, std::initializer_list<int> by_hand,
                                             std::string& others) {
  std::vector<Field> fields;
  while (message.begin < message.end) {
    OCTAVO_ASSIGN_OR_RETURN(const Field field, next(message));
    if (std::find(by_hand.begin(), by_hand.end(), field.number) == by_hand.end()) {
      OCTAVO_ASSIGN_OR_RETURN(const std::string bytes, text({field.start, field.payload.end}));
      others += bytes;
      continue;
    }
    if (field.type != WireType::kLength) return damaged("a part is no message", field.start);
    if (fields.size() == kMaxFields) return too_much("1048576 parts in one message");
    fields.push_back(field);
  }
  return fields;
}

}  // namespace octavo::onnx
