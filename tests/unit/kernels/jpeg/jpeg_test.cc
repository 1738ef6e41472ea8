#include "kernels/jpeg/jpeg.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

using Block = std::vector<uint8_t>;

Block transformed(const JpegKernel& kernel, const std::vector<int16_t>& coefficients) {
  Block samples(64);
  kernel.inverse_dct(coefficients.data(), samples.data(), 8);
  return samples;
}

// The definition, in reals.
double sample_of(const std::vector<int16_t>& coefficients, size_t x, size_t y) {
  const auto wave = [](size_t frequency, size_t place) {
    const double angle = static_cast<double>((2 * place + 1) * frequency) * std::numbers::pi / 16;
    return (frequency == 0 ? std::sqrt(0.5) : 1) * std::cos(angle) / 2;
  };
  double sum = 128;
  for (size_t i = 0; i < 64; ++i) sum += coefficients[i] * wave(i % 8, x) * wave(i / 8, y);
  return std::clamp(sum, 0.0, 255.0);
}

// `count` coefficients of a block; where they are few, most are 0 or twice at a place.
std::vector<int16_t> some_waves(Noise& noise, int count, int most) {
  std::vector<int16_t> coefficients(64);
  for (int i = 0; i < count; ++i) {
    coefficients[noise.next() % 64] = static_cast<int16_t>(noise.between(-most, most));
  }
  return coefficients;
}

TEST(InverseDct, IsNearTheDefinitionForAnyWave) {
  Noise noise(5);
  for (int round = 0; round < 200; ++round) {
    const std::vector<int16_t> coefficients = some_waves(noise, 1 + round % 64, 200);
    for (const JpegKernel* kernel : jpeg_kernels()) {
      const Block samples = transformed(*kernel, coefficients);
      for (size_t i = 0; i < 64; ++i) {
        ASSERT_NEAR(samples[i], sample_of(coefficients, i % 8, i / 8), 0.6) << kernel->name;
      }
    }
  }
}

// Of those that no picture has, too: they overflow.
TEST(InverseDct, EveryVariantGivesTheSameBytes) {
  Noise noise(6);
  for (const int most : {40, 1000, 32767}) {
    for (int round = 0; round < 300; ++round) {
      const std::vector<int16_t> coefficients = some_waves(noise, 1 + round % 128, most);
      const Block wanted = transformed(*jpeg_kernels()[0], coefficients);
      for (const JpegKernel* kernel : jpeg_kernels()) {
        ASSERT_EQ(transformed(*kernel, coefficients), wanted) << kernel->name << ' ' << most;
      }
    }
  }
}

TEST(InverseDct, CutsOffWhatIsBeyondWhiteAndBlack) {
  for (const JpegKernel* kernel : jpeg_kernels()) {
    for (const int16_t dc : {INT16_MIN, INT16_MAX}) {
      std::vector<int16_t> coefficients(64);
      coefficients[0] = dc;
      EXPECT_EQ(transformed(*kernel, coefficients), Block(64, dc < 0 ? 0 : 255)) << kernel->name;
    }
  }
}

TEST(InverseDct, WritesNothingBeyondItsRows) {
  const std::vector<int16_t> coefficients(64, 20);
  for (const JpegKernel* kernel : jpeg_kernels()) {
    Block samples(8 * 10, 7);
    kernel->inverse_dct(coefficients.data(), samples.data(), 10);
    for (size_t row = 0; row < 8; ++row) {
      EXPECT_EQ(samples[row * 10 + 8], 7);
      EXPECT_EQ(samples[row * 10 + 9], 7);
    }
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
  for (const JpegKernel* kernel : jpeg_kernels()) {
    for (const size_t channels : {size_t{3}, size_t{4}}) {
      std::vector<uint8_t> out(luma.size() * channels);
      kernel->ycc_to_rgb(luma.data(), cb.data(), cr.data(), luma.size(), channels, out.data());
      for (size_t i = 0; i < luma.size(); ++i) {
        const double y = luma[i], u = cb[i] - 128.0, v = cr[i] - 128.0;
        const double want[] = {y + 1.402 * v, y - 0.34414 * u - 0.71414 * v, y + 1.772 * u};
        for (size_t c = 0; c < 3; ++c) {
          ASSERT_NEAR(out[i * channels + c], std::clamp(want[c], 0.0, 255.0), 0.51)
              << kernel->name << ' ' << i;
        }
        if (channels == 4) {
          ASSERT_EQ(out[i * 4 + 3], 255);
        }
      }
    }
  }
}

TEST(YccToRgb, EveryVariantGivesTheSameBytesOfAnyWidth) {
  Noise noise(7);
  for (size_t width = 0; width < 70; ++width) {
    const auto y = noise.bytes(width), cb = noise.bytes(width), cr = noise.bytes(width);
    for (const size_t channels : {size_t{3}, size_t{4}}) {
      const auto pixels_of = [&](const JpegKernel& kernel) {
        std::vector<uint8_t> out(width * channels + 1, 7);
        kernel.ycc_to_rgb(y.data(), cb.data(), cr.data(), width, channels, out.data());
        return out;
      };
      const std::vector<uint8_t> wanted = pixels_of(*jpeg_kernels()[0]);
      EXPECT_EQ(wanted.back(), 7);
      for (const JpegKernel* kernel : jpeg_kernels()) {
        EXPECT_EQ(pixels_of(*kernel), wanted) << kernel->name << ' ' << width;
      }
    }
  }
}

}  // namespace
}  // namespace octavo
