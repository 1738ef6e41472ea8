// A few bytes, without the call that memcpy is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace octavo {

// The two do not overlap; without bytes they may be null.
inline void copy_bytes(const void* from, void* to, size_t bytes) {
  constexpr size_t kVector = 16, kFew = 16 * kVector;
  if (bytes < kVector || bytes > kFew) {
    if (bytes != 0) std::memcpy(to, from, bytes);
    return;
  }
  const auto* x = static_cast<const uint8_t*>(from);
  auto* y = static_cast<uint8_t*>(to);
  for (size_t i = 0; i + kVector <= bytes; i += kVector) std::memcpy(y + i, x + i, kVector);
  std::memcpy(y + bytes - kVector, x + bytes - kVector, kVector);  // may overlap the last
}

}  // namespace octavo
