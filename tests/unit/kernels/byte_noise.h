// Reproducible bytes for kernel tests: noise with the values that break kernels strewn in.
#pragma once

#include <cstdint>
#include <vector>

namespace octavo {

class Noise {
 public:
  explicit Noise(uint32_t seed) : state_(seed * 2654435761u + 1) {}

  uint32_t next() {  // xorshift32
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    return state_ ^= state_ << 5;
  }
  int32_t between(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(next() % static_cast<uint32_t>(high - low + 1));
  }
  // Every fourth byte is an extreme: -128 (128), 127, 0, -1 (255).
  uint8_t byte() {
    static constexpr uint8_t kExtremes[] = {0x80, 0x7f, 0x00, 0xff};
    return next() % 4 == 0 ? kExtremes[next() % 4] : static_cast<uint8_t>(next());
  }
  std::vector<uint8_t> bytes(size_t n) {
    std::vector<uint8_t> made(n);
    for (uint8_t& b : made) b = byte();
    return made;
  }
  float real(float low, float high) {
    return low + (high - low) * static_cast<float>(next() % 65536) / 65535.0f;
  }

 private:
  uint32_t state_;
};

}  // namespace octavo
