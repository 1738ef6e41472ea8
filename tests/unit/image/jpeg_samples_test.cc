#include "image/jpeg_samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace octavo {
namespace {

// The definition, in reals.
double plain_sample(const int16_t* coefficients, int x, int y) {
  double sum = 0;
  for (int v = 0; v < 8; ++v) {
    for (int u = 0; u < 8; ++u) {
      const double weight = (u == 0 ? std::sqrt(0.5) : 1) * (v == 0 ? std::sqrt(0.5) : 1) / 4;
      sum += weight * coefficients[8 * v + u] * std::cos((2 * x + 1) * u * std::numbers::pi / 16) *
             std::cos((2 * y + 1) * v * std::numbers::pi / 16);
    }
  }
  return std::clamp(sum + 128, 0.0, 255.0);
}

TEST(InverseDct, IsNearTheDefinitionForAnyWave) {
  std::mt19937 random(5);
  for (int block = 0; block < 200; ++block) {
    int16_t coefficients[64] = {};
    for (int i = 0; i < 1 + block % 64; ++i) {
      coefficients[random() % 64] = static_cast<int16_t>(static_cast<int>(random() % 401) - 200);
    }
    std::vector<uint8_t> samples(8 * 11);
    inverse_dct(coefficients, samples.data(), 11);
    for (int i = 0; i < 64; ++i) {
      const double want = plain_sample(coefficients, i % 8, i / 8);
      ASSERT_NEAR(samples[static_cast<size_t>(i / 8 * 11 + i % 8)], want, 0.6) << block;
    }
  }
}

TEST(InverseDct, WritesNothingBeyondItsRows) {
  const int16_t coefficients[64] = {800, 50};
  std::vector<uint8_t> samples(8 * 10, 7);
  inverse_dct(coefficients, samples.data(), 10);
  for (size_t row = 0; row < 8; ++row) {
    EXPECT_EQ(samples[row * 10 + 8], 7);
    EXPECT_EQ(samples[row * 10 + 9], 7);
  }
}

TEST(InverseDct, TakesTheWildestCoefficients) {
  int16_t coefficients[64];
  std::fill(coefficients, coefficients + 64, int16_t{INT16_MIN});
  uint8_t samples[64];
  inverse_dct(coefficients, samples, 8);  // of no meaning, but for the sanitizers
}

std::vector<uint8_t> some_row(int width, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> row;
  for (int i = 0; i < width; ++i) row.push_back(static_cast<uint8_t>(random()));
  return row;
}

// `doubled(x, neighbour, is_even)` of every sample; ends are their own neighbours.
template <typename Doubled>
std::vector<uint8_t> plain_row(int width, const Doubled& doubled) {
  std::vector<uint8_t> out;
  for (int x = 0; x < width; ++x) {
    out.push_back(static_cast<uint8_t>(doubled(x, std::max(x - 1, 0), true)));
    out.push_back(static_cast<uint8_t>(doubled(x, std::min(x + 1, width - 1), false)));
  }
  return out;
}

TEST(Upsample, BlendsThreeToOneOfAnyWidth) {
  for (int width = 3; width < 150; ++width) {
    const std::vector<uint8_t> near = some_row(width, 1), far = some_row(width, 2);
    std::vector<uint8_t> out(static_cast<size_t>(2 * width));
    upsample_row(near.data(), width, out.data());
    EXPECT_EQ(out, plain_row(width,
                             [&](int x, int other, bool is_even) {
                               const auto at = [&](int i) {
                                 return int{near[static_cast<size_t>(i)]};
                               };
                               return (3 * at(x) + at(other) + (is_even ? 1 : 2)) / 4;
                             }))
        << width;
    upsample_rows(near.data(), far.data(), width, out.data());
    EXPECT_EQ(out, plain_row(width,
                             [&](int x, int other, bool is_even) {
                               const auto at = [&](int i) {
                                 return 3 * near[static_cast<size_t>(i)] +
                                        far[static_cast<size_t>(i)];
                               };
                               return (3 * at(x) + at(other) + (is_even ? 8 : 7)) / 16;
                             }))
        << width;
  }
}

TEST(Upsample, RepeatsWhatIsTooNarrow) {
  for (const int width : {1, 2}) {
    const std::vector<uint8_t> near = {10, 200}, far = {90, 90};
    std::vector<uint8_t> out(static_cast<size_t>(2 * width)), want = {10, 10, 200, 200};
    want.resize(out.size());
    upsample_row(near.data(), width, out.data());
    EXPECT_EQ(out, want);
    upsample_rows(near.data(), far.data(), width, out.data());
    EXPECT_EQ(out, want);
  }
}

TEST(YccToRgb, IsThatOfJfifForAllColors) {
  std::vector<uint8_t> luma, cb, cr;
  for (int y = 0; y < 256; y += 15) {
    for (int u = 0; u < 256; u += 3) {
      for (int v = 0; v < 256; v += 5) {
        luma.push_back(static_cast<uint8_t>(y));
        cb.push_back(static_cast<uint8_t>(u));
        cr.push_back(static_cast<uint8_t>(v));
      }
    }
  }
  const size_t count = luma.size();
  for (const size_t channels : {size_t{3}, size_t{4}}) {
    std::vector<uint8_t> out(count * channels);
    ycc_to_rgb(luma.data(), cb.data(), cr.data(), static_cast<int>(count),
               static_cast<int>(channels), out.data());
    for (size_t i = 0; i < count; ++i) {
      const double y = luma[i], u = cb[i] - 128.0, v = cr[i] - 128.0;
      const double want[] = {y + 1.402 * v, y - 0.34414 * u - 0.71414 * v, y + 1.772 * u};
      for (size_t c = 0; c < 3; ++c) {
        ASSERT_NEAR(out[i * channels + c], std::clamp(want[c], 0.0, 255.0), 0.51) << i;
      }
      if (channels == 4) {
        ASSERT_EQ(out[i * 4 + 3], 255);
      }
    }
  }
}

}  // namespace
}  // namespace octavo
