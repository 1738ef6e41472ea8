#include "kernels/qpool/qpool.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

void expect_definition(size_t channels, size_t taps, bool is_signed) {
  Noise noise(static_cast<uint32_t>(channels * 7 + taps));
  const std::vector<uint8_t> x = noise.bytes(taps * channels);
  std::vector<const uint8_t*> pointers;
  for (size_t t = 0; t < taps; ++t) pointers.push_back(x.data() + t * channels);
  const QPoolWindow window{taps, channels, pointers.data(), is_signed};
  const Requant out{is_signed ? -1 : 3, is_signed ? -128 : 0, is_signed ? 127 : 255};
  const int32_t bias = -static_cast<int32_t>(taps) * 11;
  const float multiplier = 1.0f / static_cast<float>(taps);
  for (const QPoolKernel* kernel : qpool_kernels()) {
    std::vector<uint8_t> average(channels), maximum(channels);
    kernel->average(window, bias, multiplier, out, average.data());
    kernel->maximum(window, maximum.data());
    for (size_t c = 0; c < channels; ++c) {
      int32_t sum = bias, best = -1000;
      for (size_t t = 0; t < taps; ++t) {
        sum += widen(x[t * channels + c], is_signed);
        best = std::max(best, widen(x[t * channels + c], is_signed));
      }
      ASSERT_EQ(average[c], requantize_byte(sum, multiplier, out)) << kernel->name << ' ' << c;
      ASSERT_EQ(maximum[c], static_cast<uint8_t>(best)) << kernel->name << ' ' << c;
    }
  }
}

TEST(QPool, EveryVariantEqualsTheDefinition) {
  for (const size_t channels : {1u, 7u, 8u, 15u, 16u, 17u, 40u}) {
    for (const size_t taps : {1u, 2u, 4u, 9u, 49u}) {
      expect_definition(channels, taps, false);
      expect_definition(channels, taps, true);
    }
  }
}

}  // namespace
}  // namespace octavo
