#include "image/jpeg_upsample.h"

#include <algorithm>

namespace octavo {
namespace {

constexpr int kFewestToBlend = 3;  // samples of a row; fewer are repeated

// a and b by turns.
void interleave(const uint8_t* a, const uint8_t* b, int count, uint8_t* out) {
  for (int i = 0; i < count; ++i) {
    out[2 * i] = a[i];
    out[2 * i + 1] = b[i];
  }
}

}  // namespace

void upsample_row(const uint8_t* in, int width, uint8_t* out) {
  if (width < kFewestToBlend) return interleave(in, in, width, out);
  constexpr int kChunk = 64;
  uint8_t even[kChunk], odd[kChunk];
  for (int begin = 1; begin < width - 1; begin += kChunk) {
    const int count = std::min(kChunk, width - 1 - begin);
    for (int i = 0; i < count; ++i) {
      const int three = 3 * in[begin + i];
      even[i] = static_cast<uint8_t>((three + in[begin + i - 1] + 1) >> 2);
      odd[i] = static_cast<uint8_t>((three + in[begin + i + 1] + 2) >> 2);
    }
    interleave(even, odd, count, out + 2 * begin);
  }
  const uint8_t first = in[0], last = in[width - 1];
  out[0] = first;
  out[2 * width - 1] = last;
  out[1] = static_cast<uint8_t>((3 * first + in[1] + 2) >> 2);
  out[2 * width - 2] = static_cast<uint8_t>((3 * last + in[width - 2] + 1) >> 2);
}

void upsample_rows(const uint8_t* near, const uint8_t* far, int width, uint8_t* out) {
  if (width < kFewestToBlend) return interleave(near, near, width, out);
  constexpr int kChunk = 64;
  uint16_t sums[kChunk + 2];  // with a neighbour at either end
  uint8_t even[kChunk], odd[kChunk];
  for (int begin = 0; begin < width; begin += kChunk) {
    const int count = std::min(kChunk, width - begin);
    const auto sum = [&](int x) { return static_cast<uint16_t>(3 * near[x] + far[x]); };
    sums[0] = sum(std::max(begin - 1, 0));
    for (int i = 0; i < count; ++i) sums[i + 1] = sum(begin + i);
    sums[count + 1] = sum(std::min(begin + count, width - 1));
    for (int i = 0; i < count; ++i) {
      const int three = 3 * sums[i + 1];
      even[i] = static_cast<uint8_t>((three + sums[i] + 8) >> 4);
      odd[i] = static_cast<uint8_t>((three + sums[i + 2] + 7) >> 4);
    }
    interleave(even, odd, count, out + 2 * begin);
  }
}

}  // namespace octavo
