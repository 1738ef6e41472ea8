#include "image/png_check.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace octavo {
namespace {

constexpr std::array kSignature = {std::byte{0x89}, std::byte{'P'},  std::byte{'N'},
                                   std::byte{'G'},  std::byte{'\r'}, std::byte{'\n'},
                                   std::byte{0x1a}, std::byte{'\n'}};
constexpr size_t kChunkHead = 8;  // length, type
constexpr size_t kChunkSum = 4;

size_t big_endian(std::span<const std::byte> bytes) {
  uint32_t value = 0;
  for (const std::byte byte : bytes) value = value << 8 | std::to_integer<uint32_t>(byte);
  return value;
}

}  // namespace

bool png_chunks_fit(std::span<const std::byte> bytes) {
  const bool is_png = bytes.size() >= kSignature.size() &&
                      std::equal(kSignature.begin(), kSignature.end(), bytes.begin());
  if (!is_png) return true;
  std::span<const std::byte> rest = bytes.subspan(kSignature.size());
  while (rest.size() >= kChunkHead) {
    const size_t length = big_endian(rest.first(4));
    const std::string_view type(reinterpret_cast<const char*>(rest.data()) + 4, 4);
    if (type == "IEND") return true;
    rest = rest.subspan(kChunkHead);
    if (length > rest.size()) return false;
    rest = rest.subspan(std::min(rest.size(), length + kChunkSum));
  }
  return false;
}

}  // namespace octavo
