// One pixel: the whole of the plain kernel, and what others leave over. Factors are in 16
// fractional bits; of each the whole part is left out and added apart, so that 16 bits hold the
// rest.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace octavo::ycc {

constexpr int kBits = 16, kHalf = 1 << (kBits - 1);
constexpr int16_t kRed = 26345;           // 1.402 - 1, of Cr
constexpr int16_t kGreenOfBlue = -22554;  // -0.34414, of Cb
constexpr int16_t kGreenOfRed = 18734;    // 1 - 0.71414, of Cr
constexpr int16_t kBlue = -14942;         // 1.772 - 2, of Cb

inline void pixel(uint8_t y, uint8_t cb, uint8_t cr, size_t channels, uint8_t* out) {
  const int u = cb - 128, v = cr - 128;
  const auto byte = [](int x) { return static_cast<uint8_t>(std::clamp(x, 0, 255)); };
  out[0] = byte(y + v + ((kRed * v + kHalf) >> kBits));
  out[1] = byte(y - v + ((kGreenOfBlue * u + kGreenOfRed * v + kHalf) >> kBits));
  out[2] = byte(y + 2 * u + ((kBlue * u + kHalf) >> kBits));
  if (channels == 4) out[3] = 255;
}

}  // namespace octavo::ycc
