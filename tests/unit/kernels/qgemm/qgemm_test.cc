#include "kernels/qgemm/qgemm.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

struct Case {
  size_t m, n, k;
  bool x_signed, w_signed;
};

// Shapes on both sides of the tiles of 4 and 6 rows, 8 columns, 2 or 4 deep, and of the packing of
// 8 or 16 k.
std::vector<Case> cases() {
  std::vector<Case> made;
  for (const size_t m : {1u, 3u, 4u, 5u, 6u, 9u, 13u}) {
    for (const size_t n : {1u, 7u, 8u, 9u, 17u}) {
      for (const size_t k : {1u, 2u, 3u, 7u, 8u, 9u, 16u, 27u, 64u}) {
        made.push_back({m, n, k, (m + n) % 2 == 0, (n + k) % 2 == 0});
      }
    }
  }
  return made;
}

class Problem {
 public:
  explicit Problem(const Case& c)
      : c_(c), noise_(static_cast<uint32_t>(c.m * 97 + c.n * 31 + c.k)) {
    x_ = noise_.bytes(c.m * c.k);
    w_ = noise_.bytes(c.n * c.k);
    for (size_t i = 0; i < c.n; ++i) {
      zero_point_.push_back(c.w_signed ? 0 : noise_.between(0, 255));
      bias_.push_back(noise_.between(-100000, 100000));
      multiplier_.push_back(noise_.real(1e-5f, 1e-3f));
    }
    x_zero_point_ = c.x_signed ? -128 : 255;
    out_ = c.n % 2 ? Requant{-3, -128, 127} : Requant{200, 0, 255};
  }

  // The definition, with zero points where they are defined.
  int32_t accumulator(size_t m, size_t n) const {
    uint32_t acc = static_cast<uint32_t>(bias_[n]);
    for (size_t k = 0; k < c_.k; ++k) {
      const int32_t x = widen(x_[m * c_.k + k], c_.x_signed) - x_zero_point_;
      const int32_t w = widen(w_[n * c_.k + k], c_.w_signed) - zero_point_[n];
      acc += static_cast<uint32_t>(x * w);
    }
    return static_cast<int32_t>(acc);
  }

  template <typename T, typename Run>
  std::vector<T> run(const QGemmKernel& kernel, Run panel_to) const {
    const QGemmWeights weights =
        pack_weights({c_.n, c_.k, w_.data(), c_.k, c_.k, 1, 0, c_.w_signed, zero_point_.data(),
                      bias_.data(), multiplier_.data(), c_.x_signed, x_zero_point_},
                     kernel);
    const size_t step = kernel.tile_rows, tile = weights.groups() * tile_bytes(kernel);
    std::vector<uint8_t> packed((c_.m + step - 1) / step * tile);
    for (size_t m = 0; m < c_.m; m += step) {
      const size_t rows = std::min(step, c_.m - m);
      QGemmRows of = {rows, 1, c_.k, false, {}, {}};
      for (size_t i = 0; i < rows; ++i) of.x[i] = x_.data() + (m + i) * c_.k;
      kernel.pack_rows(of, c_.x_signed, packed.data() + m / step * tile);
    }
    std::vector<T> y(c_.m * c_.n);
    for (size_t n = 0; n < c_.n; n += kQGemmCols) {
      const QGemmPanel panel{c_.m,
                             std::min(kQGemmCols, c_.n - n),
                             weights.groups(),
                             packed.data(),
                             weights.packed.data() + n * weights.groups() * kGroupBytes,
                             weights.bias.data() + n,
                             weights.multiplier.data() + n,
                             weights.stays_small};
      panel_to(kernel, panel, y.data() + n);
    }
    return y;
  }

  std::vector<uint8_t> bytes(const QGemmKernel& kernel) const {
    return run<uint8_t>(kernel, [&](const QGemmKernel& k, const QGemmPanel& panel, uint8_t* y) {
      k.to_bytes(panel, out_, y, c_.n);
    });
  }
  std::vector<float> floats(const QGemmKernel& kernel) const {
    return run<float>(kernel, [&](const QGemmKernel& k, const QGemmPanel& panel, float* y) {
      k.to_floats(panel, y, c_.n);
    });
  }

  uint8_t expected_byte(size_t m, size_t n) const {
    return requantize_byte(accumulator(m, n), multiplier_[n], out_);
  }
  std::vector<float> floats_and_more(const QGemmKernel& kernel) const {
    return run<float>(kernel, [&](const QGemmKernel& k, QGemmPanel panel, float* y) {
      panel.addend = kAddend;
      k.to_floats(panel, y, c_.n);
    });
  }
  float expected_float(size_t m, size_t n) const {
    return static_cast<float>(accumulator(m, n)) * multiplier_[n];
  }
  float expected_float_and_more(size_t m, size_t n) const {
    return expected_float(m, n) + kAddend[n % kQGemmCols];
  }

 private:
  static constexpr float kAddend[kQGemmCols] = {0.1f, -3, 1e8f, 0, 1e-9f, -0.7f, 5, 2};
  Case c_;
  Noise noise_;
  std::vector<uint8_t> x_, w_;
  std::vector<int32_t> zero_point_, bias_;
  std::vector<float> multiplier_;
  int32_t x_zero_point_;
  Requant out_;
};

TEST(QGemm, EveryVariantEqualsTheDefinition) {
  for (const Case& c : cases()) {
    const Problem problem(c);
    for (const QGemmKernel* kernel : qgemm_kernels()) {
      if (kernel->depth == 4 && !c.w_signed) continue;  // its weights are int8
      SCOPED_TRACE(testing::Message() << kernel->name << ' ' << c.m << 'x' << c.n << 'x' << c.k);
      const std::vector<uint8_t> bytes = problem.bytes(*kernel);
      const std::vector<float> floats = problem.floats(*kernel);
      const std::vector<float> more = problem.floats_and_more(*kernel);
      for (size_t i = 0; i < c.m * c.n; ++i) {
        ASSERT_EQ(bytes[i], problem.expected_byte(i / c.n, i % c.n)) << i;
        ASSERT_EQ(floats[i], problem.expected_float(i / c.n, i % c.n)) << i;
        ASSERT_EQ(more[i], problem.expected_float_and_more(i / c.n, i % c.n)) << i;
      }
    }
  }
}

TEST(QGemm, SumsBeyondInt32WrapAlike) {
  const size_t k = 70000;  // 70000 * 255 * 127 > 2^31
  const std::vector<uint8_t> x(k, 255), w(k, 127);
  const int32_t zero = 0;
  const float multiplier = 1.0f;
  for (const QGemmKernel* kernel : qgemm_kernels()) {
    const QGemmWeights weights = pack_weights(
        {1, k, w.data(), k, k, 1, 0, true, &zero, nullptr, &multiplier, false, 0}, *kernel);
    std::vector<uint8_t> packed(weights.groups() * tile_bytes(*kernel));
    kernel->pack_rows({1, 1, k, false, {x.data()}, {}}, false, packed.data());
    float y = 0;
    kernel->to_floats({1, 1, weights.groups(), packed.data(), weights.packed.data(),
                       weights.bias.data(), weights.multiplier.data(), weights.stays_small},
                      &y, 1);
    EXPECT_EQ(y, static_cast<float>(static_cast<int32_t>(uint32_t{70000} * 32385u)))
        << kernel->name;
  }
}

TEST(QGemm, RoundsHalvesToEvenAndSaturates) {
  // One k, weight 1, multiplier a half: y = x / 2.
  const uint8_t w = 1;
  const int32_t zero = 0;
  const float half = 0.5f;
  const std::vector<uint8_t> x = {1, 3, 5, 7, 255, 254, 253, 0};
  const std::vector<uint8_t> expected = {10, 12, 12, 14, 100, 100, 100, 10};
  for (const QGemmKernel* kernel : qgemm_kernels()) {
    const QGemmWeights weights =
        pack_weights({1, 1, &w, 1, 1, 1, 0, false, &zero, nullptr, &half, false, 0}, *kernel);
    std::vector<uint8_t> packed;
    for (size_t m = 0; m < 8; m += kernel->tile_rows) {
      QGemmRows rows = {std::min<size_t>(kernel->tile_rows, 8 - m), 1, 1, false, {}, {}};
      for (size_t i = 0; i < rows.count; ++i) rows.x[i] = &x[m + i];
      packed.resize(packed.size() + tile_bytes(*kernel));
      kernel->pack_rows(rows, false, packed.data() + packed.size() - tile_bytes(*kernel));
    }
    std::vector<uint8_t> y(8);
    kernel->to_bytes({8, 1, 1, packed.data(), weights.packed.data(), weights.bias.data(),
                      weights.multiplier.data(), weights.stays_small},
                     {10, 10, 100}, y.data(), 1);
    EXPECT_EQ(y, expected) << kernel->name;
  }
}

TEST(QGemm, WeightsThatAreNoInt8GetAKernelThatHoldsThem) {
  const std::vector<uint8_t> w = {0, 255, 7, 3};
  const std::vector<float> multiplier = {1.0f};
  for (const int32_t zero_point : {0, 128}) {
    const QGemmWeights weights = pack_weights(
        {1, 4, w.data(), 4, 4, 1, 0, false, &zero_point, nullptr, multiplier.data(), false, 0},
        best_isa());
    const bool fit = zero_point == 128;  // -128..127
    EXPECT_EQ(weights.kernel->isa, fit ? qgemm_kernels().back()->isa : Isa::kSimd128);
  }
}

}  // namespace
}  // namespace octavo
