// Memory of packed 8-bit weights: zeros to begin with; false where there was none to get, as the
// size follows from a file.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>

namespace octavo {

class PackedWeights {
 public:
  PackedWeights() = default;
  explicit PackedWeights(uint64_t count) {
    if (count > std::numeric_limits<size_t>::max() / sizeof(int16_t)) return;
    data_.reset(
        static_cast<int16_t*>(std::calloc(static_cast<size_t>(count) + 1, sizeof(int16_t))));
  }
  int16_t* data() { return data_.get(); }
  const int16_t* data() const { return data_.get(); }
  explicit operator bool() const { return data_ != nullptr; }

 private:
  struct Free {
    void operator()(int16_t* data) const { std::free(data); }
  };
  std::unique_ptr<int16_t, Free> data_;
};

}  // namespace octavo
