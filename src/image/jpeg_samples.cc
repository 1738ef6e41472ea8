#include "image/jpeg_samples.h"

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace octavo {
namespace {

constexpr int kFraction = 13;  // bits of the constants
constexpr int kBetween = 2;    // bits that are left between the passes

constexpr int kFewestToBlend = 3;  // samples of a row; fewer are repeated

constexpr int32_t fixed(double x) { return static_cast<int32_t>(x * (1 << kFraction) + 0.5); }

uint8_t to_byte(int32_t x) { return static_cast<uint8_t>(std::clamp(x, 0, 255)); }

// Eight transforms side by side, in[frequency][lane] to out[place][lane], of which `shift` bits are
// rounded away. Lanes go through straight arithmetic alone, so that compilers make vectors of them.
void transform(const int32_t in[8][8], int32_t out[8][8], int shift) {
  for (int i = 0; i < 8; ++i) {
    const int32_t half = 1 << (shift - 1);
    const int32_t turned = (in[2][i] + in[6][i]) * fixed(0.541196100);
    const int32_t a = turned + in[2][i] * fixed(0.765366865);
    const int32_t b = turned - in[6][i] * fixed(1.847759065);
    const int32_t c = (in[0][i] + in[4][i]) * (1 << kFraction) + half;
    const int32_t d = (in[0][i] - in[4][i]) * (1 << kFraction) + half;
    const int32_t even[4] = {c + a, d + b, d - b, c - a};

    const int32_t s73 = in[7][i] + in[3][i], s51 = in[5][i] + in[1][i];
    const int32_t all = (s73 + s51) * fixed(1.175875602);
    const int32_t z3 = all - s73 * fixed(1.961570560), z4 = all - s51 * fixed(0.390180644);
    const int32_t z1 = (in[7][i] + in[1][i]) * fixed(0.899976223);
    const int32_t z2 = (in[5][i] + in[3][i]) * fixed(2.562915447);
    const int32_t odd[4] = {
        in[1][i] * fixed(1.501321110) - z1 + z4,
        in[3][i] * fixed(3.072711026) - z2 + z3,
        in[5][i] * fixed(2.053119869) - z2 + z4,
        in[7][i] * fixed(0.298631336) - z1 + z3,
    };
    for (int k = 0; k < 4; ++k) {
      out[k][i] = (even[k] + odd[k]) >> shift;
      out[7 - k][i] = (even[k] - odd[k]) >> shift;
    }
  }
}

void transpose(const int32_t in[8][8], int32_t out[8][8]) {
  for (int i = 0; i < 8; ++i) {
    for (int k = 0; k < 8; ++k) out[k][i] = in[i][k];
  }
}

// a and b by turns.
void interleave(const uint8_t* a, const uint8_t* b, int count, uint8_t* out) {
  for (int i = 0; i < count; ++i) {
    out[2 * i] = a[i];
    out[2 * i + 1] = b[i];
  }
}

}  // namespace

void inverse_dct(const int16_t coefficients[64], uint8_t* samples, int stride) {
  int32_t a[8][8], b[8][8];
  for (int i = 0; i < 64; ++i) a[i / 8][i % 8] = coefficients[i];
  transform(a, b, kFraction - kBetween);  // columns
  transpose(b, a);
  transform(a, b, kFraction + kBetween + 3);  // rows, and by 8
  transpose(b, a);
  for (int y = 0; y < 8; ++y) {
    for (int x = 0; x < 8; ++x) samples[y * stride + x] = to_byte(a[y][x] + 128);
  }
}

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

void ycc_to_rgb(const uint8_t* y, const uint8_t* cb, const uint8_t* cr, int count, int channels,
                uint8_t* out) {
  constexpr int kBits = 16, kHalf = 1 << (kBits - 1);
  constexpr int kRed = 91881, kBlue = 116130, kGreenOfRed = 46802, kGreenOfBlue = 22554;
  constexpr int kChunk = 64;
  uint32_t pixels[kChunk];
  for (int begin = 0; begin < count; begin += kChunk) {
    const int some = std::min(kChunk, count - begin);
    for (int i = 0; i < some; ++i) {
      const int luma = y[begin + i], u = cb[begin + i] - 128, v = cr[begin + i] - 128;
      const int r = luma + ((kRed * v + kHalf) >> kBits);
      const int g = luma + ((kHalf - kGreenOfBlue * u - kGreenOfRed * v) >> kBits);
      const int b = luma + ((kBlue * u + kHalf) >> kBits);
      pixels[i] = uint32_t{to_byte(r)} | uint32_t{to_byte(g)} << 8 | uint32_t{to_byte(b)} << 16 |
                  uint32_t{255} << 24;
    }
    uint8_t* const to = out + static_cast<ptrdiff_t>(begin) * channels;
    if (channels == 4) {
      std::memcpy(to, pixels, static_cast<size_t>(some) * 4);
    } else {
      for (int i = 0; i < some; ++i) std::memcpy(to + 3 * i, &pixels[i], 3);
    }
  }
}

}  // namespace octavo
