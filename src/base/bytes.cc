#include "base/bytes.h"

namespace octavo {

void ByteWriter::put_varint(uint64_t value) {
  for (; value >= 0x80; value >>= 7) put(static_cast<uint8_t>(value | 0x80));
  put(static_cast<uint8_t>(value));
}

void ByteWriter::put_text(const std::string& text) {
  put_varint(text.size());
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  bytes_.insert(bytes_.end(), data, data + text.size());
}

std::span<const std::byte> ByteReader::take_bytes(size_t count) {
  if (!ok_ || count > bytes_.size()) {
    ok_ = false;
    return {};
  }
  const std::span<const std::byte> taken = bytes_.first(count);
  bytes_ = bytes_.subspan(count);
  return taken;
}

uint64_t ByteReader::take_varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint64_t byte = take<uint8_t>();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return ok_ ? value : 0;
  }
  ok_ = false;
  return 0;
}

size_t ByteReader::take_count(size_t least_bytes) {
  const uint64_t count = take_varint();
  if (count > bytes_.size() / least_bytes) ok_ = false;
  return ok_ ? static_cast<size_t>(count) : 0;
}

std::string ByteReader::take_text() {
  const std::span<const std::byte> text = take_bytes(take_count(1));
  return {reinterpret_cast<const char*>(text.data()), text.size()};
}

}  // namespace octavo
