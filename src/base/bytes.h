// Plain data as bytes, little-endian, for what goes from one engine to another.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "base/status.h"

namespace octavo {

static_assert(std::endian::native == std::endian::little);

class ByteWriter {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T>
  void put(T value) {
    const auto* data = reinterpret_cast<const std::byte*>(&value);
    bytes_.insert(bytes_.end(), data, data + sizeof value);
  }
  void put_varint(uint64_t value);  // LEB128: small numbers are short
  void put_text(const std::string& text);

  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  std::vector<std::byte> bytes_;
};

// Hostile bytes in, numbers out. After the first fault everything is zero and ok() is false, so
// that a reader asks once, before it uses what it has read.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <typename T>
    requires std::is_arithmetic_v<T>
  T take() {
    T value{};
    const std::span<const std::byte> from = take_bytes(sizeof value);
    if (ok_) std::memcpy(&value, from.data(), sizeof value);
    return value;
  }
  uint64_t take_varint();
  std::string take_text();
  // How many things follow: refused where that many of at least `least_bytes` cannot.
  size_t take_count(size_t least_bytes);

  void fail() { ok_ = false; }
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::span<const std::byte> take_bytes(size_t count);

  std::span<const std::byte> bytes_;
  bool ok_ = true;
};

}  // namespace octavo
