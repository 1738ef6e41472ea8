// Memory of packed 8-bit weights: zeros to begin with; false where there was none to get, as the
// size follows from a file.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>

namespace octavo {

// A group is 4 bytes of a row or column: 2 numbers as int16 (depth 2), or 4 as int8 (depth 4).
constexpr size_t kGroupBytes = 4;

inline bool fits_group(size_t depth, int32_t value) {
  return depth == 2 || (value >= -128 && value <= 127);
}

inline void store_in_group(uint8_t* group, size_t depth, size_t i, int32_t value) {
  const auto wide = static_cast<int16_t>(value);
  if (depth == 4) {
    group[i] = static_cast<uint8_t>(value);
  } else {
    std::memcpy(group + i * sizeof wide, &wide, sizeof wide);
  }
}

// The x_offset of kernels that read x as it is.
inline int32_t no_offset(bool) { return 0; }

inline int32_t load_from_pair(const uint8_t* group, size_t i) {
  int16_t value;
  std::memcpy(&value, group + i * sizeof value, sizeof value);
  return value;
}

class PackedWeights {
 public:
  PackedWeights() = default;
  explicit PackedWeights(uint64_t bytes) {
    if (bytes >= std::numeric_limits<size_t>::max()) return;
    data_.reset(static_cast<uint8_t*>(std::calloc(static_cast<size_t>(bytes) + 1, 1)));
  }
  uint8_t* data() { return data_.get(); }
  const uint8_t* data() const { return data_.get(); }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  struct Free {
    void operator()(uint8_t* data) const { std::free(data); }
  };
  std::unique_ptr<uint8_t, Free> data_;
};

}  // namespace octavo
