#include "kernels/qdwconv/qdwconv.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

void expect_definition(size_t channels, size_t taps, bool x_signed, bool w_signed) {
  constexpr size_t kPixels = 3;
  Noise noise(static_cast<uint32_t>(channels * 41 + taps));
  const std::vector<uint8_t> x = noise.bytes(kPixels * taps * channels);
  const std::vector<uint8_t> w = noise.bytes(channels * taps);
  std::vector<int32_t> zero_point, bias;
  std::vector<float> multiplier;
  for (size_t c = 0; c < channels; ++c) {
    zero_point.push_back(w_signed ? 0 : noise.between(0, 255));
    bias.push_back(noise.between(-30000, 30000));
    multiplier.push_back(noise.real(1e-4f, 4e-3f));
  }
  const int32_t x_zero_point = x_signed ? 127 : 0;
  const Requant out{-128, -128, 100};
  const QDwConvWeightsSource source = {channels,          taps,        w.data(),          w_signed,
                                       zero_point.data(), bias.data(), multiplier.data(), x_signed,
                                       x_zero_point};
  std::vector<const uint8_t*> pointers;
  for (size_t t = 0; t < taps; ++t) pointers.push_back(x.data() + t * channels);
  const size_t step = taps * channels;

  for (const QDwConvKernel* kernel : qdwconv_kernels()) {
    if (!takes(*kernel, source)) continue;
    const QDwConvWeights weights = pack_weights(source, *kernel);
    std::vector<uint8_t> y(kPixels * channels);
    kernel->run(kPixels, pointers.data(), step, x_signed, weights, out, y.data());
    for (size_t i = 0; i < y.size(); ++i) {
      const size_t p = i / channels, c = i % channels;
      int32_t acc = bias[c];
      for (size_t t = 0; t < taps; ++t) {
        acc += (widen(pointers[t][p * step + c], x_signed) - x_zero_point) *
               (widen(w[c * taps + t], w_signed) - zero_point[c]);
      }
      ASSERT_EQ(y[i], requantize_byte(acc, multiplier[c], out))
          << kernel->name << " channels " << channels << " taps " << taps << " at " << i;
    }
  }
}

TEST(QDwConv, EveryVariantEqualsTheDefinition) {
  for (const size_t channels : {1u, 7u, 8u, 9u, 16u, 23u, 32u, 40u}) {
    for (const size_t taps : {1u, 2u, 3u, 4u, 6u, 9u, 25u}) {
      expect_definition(channels, taps, false, true);
      expect_definition(channels, taps, true, true);
      expect_definition(channels, taps, true, false);
    }
  }
}

}  // namespace
}  // namespace octavo
