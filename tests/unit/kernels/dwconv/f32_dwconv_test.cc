#include "kernels/dwconv/f32_dwconv.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/float_noise.h"

namespace octavo {
namespace {

// One problem of `pixels` windows over random rows.
std::vector<float> run(const F32DwConvKernel& kernel, size_t pixels, size_t taps, size_t channels) {
  const std::vector<float> x = float_noise(1, (pixels + taps) * channels);
  const std::vector<float> w = float_noise(2, taps * channels);
  const std::vector<float> bias = float_noise(3, channels);
  std::vector<const float*> rows;
  for (size_t p = 0; p < pixels; ++p) {
    for (size_t t = 0; t < taps; ++t) rows.push_back(x.data() + (p + t) * channels);
  }
  std::vector<float> out(pixels * channels + 1, -77.0f);
  kernel.run(
      {pixels, taps, channels, rows.data(), w.data(), bias.data(), out.data(), {-1.0f, 2e30f}});
  EXPECT_EQ(out.back(), -77.0f) << kernel.name << " writes past the end";
  return out;
}

TEST(F32DwConv, EveryKernelGivesTheBytesOfThePlainOne) {
  const F32DwConvKernel& plain = f32_dwconv_kernel(Isa::kRef);
  for (const F32DwConvKernel* kernel : f32_dwconv_kernels()) {
    for (const size_t channels : {1u, 3u, 4u, 5u, 15u, 16u, 17u, 20u, 35u}) {
      for (const size_t taps : {1u, 9u, 25u}) {
        for (const size_t pixels : {1u, 3u, 4u, 6u}) {
          EXPECT_TRUE(
              same_bytes(run(*kernel, pixels, taps, channels), run(plain, pixels, taps, channels)))
              << kernel->name << " " << pixels << " pixels, " << channels << " channels, " << taps
              << " taps";
        }
      }
    }
  }
}

TEST(F32DwConv, SumsFromTheBiasOnInOrderOfTaps) {
  const float big = 16777216.0f;  // 2^24: adding 1 is lost, adding 1 twice before is not
  const std::vector<float> x = {1.0f, 1.0f, big};
  const float* rows[] = {&x[0], &x[1], &x[2]};
  const std::vector<float> w = {1.0f, 1.0f, 1.0f};
  const float bias = 0.0f;
  for (const F32DwConvKernel* kernel : f32_dwconv_kernels()) {
    float out = 0.0f;
    kernel->run({1, 3, 1, rows, w.data(), &bias, &out, {}});
    EXPECT_EQ(out, big + 2.0f) << kernel->name;
  }
}

}  // namespace
}  // namespace octavo
