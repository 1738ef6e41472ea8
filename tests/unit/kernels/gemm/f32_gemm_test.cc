#include "kernels/gemm/f32_gemm.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/kernels/float_noise.h"

namespace octavo {
namespace {

constexpr float kUntouched = -77.0f;

struct Case {
  size_t m, n, k;
};

// Shapes on both sides of the tiles (4 rows x 8 columns, 6 x 16), of the part of the depth that
// stays in L1 (256), and of the block of rows that stays in L2.
std::vector<Case> cases() {
  std::vector<Case> made;
  for (const size_t m : {1u, 2u, 3u, 4u, 5u, 6u, 7u, 9u, 17u}) {
    for (const size_t n : {1u, 3u, 7u, 8u, 9u, 16u, 17u, 27u}) {
      for (const size_t k : {0u, 1u, 2u, 27u}) made.push_back({m, n, k});
    }
  }
  for (const size_t k : {256u, 257u, 600u}) made.push_back({13, 27, k});
  made.push_back({200, 9, 300});
  return made;
}

struct Problem {
  explicit Problem(const Case& shape)
      : c(shape),
        a(float_noise(1, c.m * stride())),
        b(float_noise(2, c.k * c.n)),
        bias(float_noise(3, c.n)) {}

  size_t stride() const { return c.k + 3; }  // floats between rows that no kernel may use

  std::vector<float> run(const F32GemmKernel& kernel, F32Clamp clamp) const {
    F32GemmWeights weights;
    weights.b = b.data();
    weights.depth = c.k;
    weights.columns = c.n;
    weights.k_stride = c.n;
    weights.bias = bias.data();
    std::vector<float> panels(f32_packed_floats(c.k, c.n));
    pack_f32_gemm(weights, panels.data());
    std::vector<float> out(c.m * (c.n + 2), kUntouched);
    kernel.run({c.m, c.n, c.k, a.data(), stride(), panels.data(), out.data(), c.n + 2, clamp});
    return out;
  }

  // The definition.
  std::vector<float> expected(F32Clamp clamp) const {
    std::vector<float> out(c.m * (c.n + 2), kUntouched);
    for (size_t m = 0; m < c.m; ++m) {
      for (size_t n = 0; n < c.n; ++n) {
        float acc = bias[n];
        for (size_t k = 0; k < c.k; ++k) {
          const float product = a[m * stride() + k] * b[k * c.n + n];
          acc = acc + product;
        }
        acc = acc < clamp.low ? clamp.low : acc;
        out[m * (c.n + 2) + n] = clamp.high < acc ? clamp.high : acc;
      }
    }
    return out;
  }

  Case c;
  std::vector<float> a, b, bias;
};

TEST(F32Gemm, EveryKernelGivesTheBytesOfTheDefinition) {
  for (const F32GemmKernel* kernel : f32_gemm_kernels()) {
    for (const Case& c : cases()) {
      const Problem problem(c);
      EXPECT_TRUE(same_bytes(problem.run(*kernel, {}), problem.expected({})))
          << kernel->name << " " << c.m << "x" << c.n << "x" << c.k;
    }
  }
}

TEST(F32Gemm, EveryKernelClamps) {
  const Problem problem({5, 9, 27});
  const F32Clamp clamp{0.0f, 6.0f};
  for (const F32GemmKernel* kernel : f32_gemm_kernels()) {
    EXPECT_TRUE(same_bytes(problem.run(*kernel, clamp), problem.expected(clamp))) << kernel->name;
  }
}

TEST(F32Gemm, ClampLetsNanThrough) {
  Problem problem({4, 8, 2});
  problem.a[0] = std::nanf("");
  for (const F32GemmKernel* kernel : f32_gemm_kernels()) {
    const std::vector<float> out = problem.run(*kernel, {0.0f, 6.0f});
    EXPECT_TRUE(std::isnan(out[0])) << kernel->name;
    EXPECT_FALSE(std::isnan(out[10])) << kernel->name;
  }
}

TEST(F32Gemm, PacksByOffsetsAsByStride) {
  const Problem problem({1, 9, 5});
  const std::vector<size_t> offsets = {0, 9, 18, 27, 36};
  F32GemmWeights by_stride{problem.b.data(), 5, 9, 9, 1, {}, problem.bias.data(), 0.5f};
  F32GemmWeights by_offset{problem.b.data(), 5, 9, 0, 1, offsets, problem.bias.data(), 0.5f};
  std::vector<float> one(f32_packed_floats(5, 9)), other(one.size());
  pack_f32_gemm(by_stride, one.data());
  pack_f32_gemm(by_offset, other.data());
  EXPECT_TRUE(same_bytes(one, other));
}

}  // namespace
}  // namespace octavo
