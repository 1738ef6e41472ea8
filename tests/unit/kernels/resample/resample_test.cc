#include "kernels/resample/resample.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

// `outputs` targets of `each` taps that share the whole weight unevenly.
ResampleTaps taps_of(size_t each, size_t outputs) {
  ResampleTaps taps{each, {}, {}};
  for (size_t i = 0; i < outputs; ++i) {
    taps.first.push_back(i * 2);
    int32_t left = 1 << kResampleBits;
    for (size_t t = 1; t < each; ++t) {
      taps.weight.push_back((t + i) % 3 == 0 ? 0 : left / 3);
      left -= taps.weight.back();
    }
    taps.weight.push_back(left);
  }
  return taps;
}

uint8_t mean(const std::vector<uint8_t>& x, size_t first, size_t step, const int32_t* weight,
             size_t each) {
  int64_t sum = 1 << (kResampleBits - 1);
  for (size_t t = 0; t < each; ++t) sum += int64_t{x[first + t * step]} * weight[t];
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> kResampleBits, 0, 255));
}

TEST(Resample, EveryVariantEqualsTheDefinition) {
  Noise noise(5);
  for (const size_t each : {1u, 2u, 3u, 7u}) {
    for (const size_t outputs : {1u, 5u, 33u}) {
      const ResampleTaps taps = taps_of(each, outputs);
      const size_t sources = 2 * outputs + each;
      for (const ResampleKernel* kernel : resample_kernels()) {
        for (const size_t channels : {1u, 3u, 4u}) {
          const std::vector<uint8_t> x = noise.bytes(sources * channels);
          std::vector<uint8_t> y(outputs * channels);
          kernel->row(x.data(), channels, taps, y.data());
          for (size_t i = 0; i < y.size(); ++i) {
            const size_t target = i / channels,
                         first = taps.first[target] * channels + i % channels;
            ASSERT_EQ(y[i], mean(x, first, channels, &taps.weight[target * each], each))
                << kernel->name << ' ' << each << ' ' << i;
          }
        }
        const std::vector<uint8_t> x = noise.bytes(each * (outputs + 3));
        std::vector<uint8_t> y(outputs);
        kernel->rows(x.data(), outputs + 3, taps.weight.data(), each, outputs, y.data());
        for (size_t i = 0; i < outputs; ++i) {
          ASSERT_EQ(y[i], mean(x, i, outputs + 3, taps.weight.data(), each)) << kernel->name;
        }
      }
    }
  }
}

TEST(Resample, WhiteStaysWhite) {
  const ResampleTaps taps = taps_of(3, 20);
  const std::vector<uint8_t> x(4 * 43, 255);
  for (const ResampleKernel* kernel : resample_kernels()) {
    std::vector<uint8_t> y(4 * 20);
    kernel->row(x.data(), 4, taps, y.data());
    EXPECT_EQ(y, std::vector<uint8_t>(4 * 20, 255)) << kernel->name;
  }
}

}  // namespace
}  // namespace octavo
