#include "kernels/pool/f32_pool.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/kernels/float_noise.h"

namespace octavo {
namespace {

using PoolFn = void (*)(const F32Pool&);

std::vector<float> run(PoolFn pool, size_t count, size_t channels) {
  const std::vector<float> x = float_noise(1, count * channels);
  std::vector<const float*> rows;
  for (size_t r = 0; r < count; ++r) rows.push_back(x.data() + r * channels);
  std::vector<float> out(channels + 1, -77.0f);
  pool({count, channels, rows.data(), 3.0f, out.data()});
  EXPECT_EQ(out.back(), -77.0f) << "writes past the end";
  return out;
}

TEST(F32Pool, EveryKernelGivesTheBytesOfThePlainOne) {
  const F32PoolKernel& plain = f32_pool_kernel(Isa::kRef);
  for (const F32PoolKernel* kernel : f32_pool_kernels()) {
    for (const size_t channels : {1u, 3u, 4u, 15u, 16u, 17u, 23u}) {
      for (const size_t count : {0u, 1u, 2u, 9u}) {
        EXPECT_TRUE(same_bytes(run(kernel->max, count, channels), run(plain.max, count, channels)))
            << kernel->name << " max " << channels << " " << count;
        EXPECT_TRUE(
            same_bytes(run(kernel->mean, count, channels), run(plain.mean, count, channels)))
            << kernel->name << " mean " << channels << " " << count;
      }
    }
  }
}

TEST(F32Pool, MeanIsTheSumOverTheDivisor) {
  const float rows_data[] = {1.0f, 2.0f, 6.0f};
  const float* rows[] = {&rows_data[0], &rows_data[1], &rows_data[2]};
  for (const F32PoolKernel* kernel : f32_pool_kernels()) {
    float out = 0.0f;
    kernel->mean({3, 1, rows, 4.0f, &out});
    EXPECT_EQ(out, 2.25f) << kernel->name;
  }
}

TEST(F32Pool, MaxOfNothingIsTheLowestFloat) {
  for (const F32PoolKernel* kernel : f32_pool_kernels()) {
    EXPECT_EQ(run(kernel->max, 0, 1)[0], std::numeric_limits<float>::lowest()) << kernel->name;
  }
}

}  // namespace
}  // namespace octavo
