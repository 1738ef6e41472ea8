#include "quant/corrections/reconstruct.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

Matrix noise_matrix(uint32_t seed, size_t rows, size_t columns, float low, float high) {
  Noise noise(seed);
  Matrix m(rows, columns);
  for (float& value : m.values) value = noise.real(low, high);
  return m;
}

// Inputs of which some go together, so that the nearest integers are not the best. One row of four
// is judged by.
ProductRows rows_of(uint32_t seed, size_t count, size_t k) {
  ProductRows rows;
  rows.exact = noise_matrix(seed, count, k, 0, 1);
  for (size_t r = 0; r < count; ++r) {
    for (size_t i = 1; i < k; i += 2) rows.exact.row(r)[i] += 0.8f * rows.exact.row(r)[i - 1];
  }
  rows.quantized = rows.exact;
  Noise noise(seed + 1);
  for (float& x : rows.quantized.values) x += noise.real(-0.05f, 0.05f);
  rows.fit = count - count / 4;
  return rows;
}

// Weights within -100..100 steps of their scales, and integers `noise` steps from the nearest.
IntegerProduct product_of(uint32_t seed, size_t k, size_t outputs, int noise) {
  IntegerProduct p;
  p.weights = noise_matrix(seed, k, outputs, -1, 1);
  Noise random(seed);
  for (size_t o = 0; o < outputs; ++o) {
    p.scale.push_back(0.01f * static_cast<float>(o + 1));
    p.bias.push_back(random.real(-1, 1));
    p.q_bias.push_back(p.bias[o] + random.real(-0.1f, 0.1f));
  }
  for (size_t i = 0; i < p.weights.values.size(); ++i) {
    const float scale = p.scale[i % outputs];
    p.weights.values[i] *= 100 * scale;
    const auto nearest = static_cast<int32_t>(std::lround(p.weights.values[i] / scale));
    p.q.push_back(nearest + random.between(-noise, noise));
  }
  return p;
}

Reconstruction reconstructed(const ProductRows& rows, bool weights, IntegerProduct& p,
                             int threads = 1) {
  const auto found = reconstruct(rows, weights, threads, p);
  EXPECT_TRUE(found.ok()) << found.status().to_string();
  return found.ok() ? *found : Reconstruction{};
}

// Mean square of |clamp(x w + b) - clamp(x' w' + b')| over the judged rows, in plain loops.
double error_of(const ProductRows& rows, const IntegerProduct& p) {
  const size_t first = rows.fit < rows.exact.rows ? rows.fit : 0, outputs = p.scale.size();
  double sum = 0;
  for (size_t r = first; r < rows.exact.rows; ++r) {
    for (size_t o = 0; o < outputs; ++o) {
      double y = static_cast<double>(p.bias[o]), other = static_cast<double>(p.q_bias[o]);
      for (size_t k = 0; k < p.weights.rows; ++k) {
        y += static_cast<double>(rows.exact.row(r)[k] * p.weights.row(k)[o]);
        other += static_cast<double>(rows.quantized.row(r)[k] * p.scale[o]) * p.q[k * outputs + o];
      }
      const double low = static_cast<double>(p.low), high = static_cast<double>(p.high);
      const double e = std::clamp(y, low, high) - std::clamp(other, low, high);
      sum += e * e;
    }
  }
  return sum / static_cast<double>((rows.exact.rows - first) * outputs);
}

TEST(Reconstruct, IsNeverWorseOnTheJudgedRowsAndTellsTheirErrors) {
  for (const uint32_t seed : {1u, 2u, 3u, 4u, 5u}) {
    for (const bool weights : {false, true}) {
      for (const float low : {-INFINITY, 0.0f}) {
        const ProductRows rows =
            rows_of(seed, seed == 5 ? 3 : 40, 10);  // 5: all rows are fitted to
        IntegerProduct p = product_of(seed, 10, 4, 1);
        p.low = low;
        const double before = error_of(rows, p);
        const Reconstruction found = reconstructed(rows, weights, p);
        EXPECT_NEAR(found.before, before, 1e-3 * before);
        EXPECT_NEAR(found.after, error_of(rows, p), 1e-3 * before);
        EXPECT_LE(found.after, found.before);
      }
    }
  }
}

TEST(Reconstruct, FindsTheIntegersThatWeightsWereMadeOf) {
  ProductRows rows = rows_of(1, 200, 12);
  rows.quantized = rows.exact;
  IntegerProduct p = product_of(1, 12, 5, 0);
  for (size_t i = 0; i < p.q.size(); ++i) {
    p.weights.values[i] = static_cast<float>(p.q[i]) * p.scale[i % 5];
  }
  const std::vector<int32_t> planted = p.q;
  Noise noise(3);
  for (int32_t& q : p.q) q += noise.between(-1, 1);
  ASSERT_NE(p.q, planted);
  const Reconstruction found = reconstructed(rows, true, p);
  EXPECT_EQ(p.q, planted);
  for (size_t o = 0; o < 5; ++o) EXPECT_NEAR(p.q_bias[o], p.bias[o], 1e-4);
  EXPECT_LT(found.after, 1e-8);
  EXPECT_GT(found.before, 1e-4);
}

// 0.4 + 0.4 steps of inputs that are the same: one step is nearer than none.
TEST(Reconstruct, RoundsWeightsOfLikeInputsTogether) {
  ProductRows rows;
  rows.exact = noise_matrix(1, 64, 2, -1, 1);
  for (size_t r = 0; r < 64; ++r) rows.exact.row(r)[1] = rows.exact.row(r)[0];
  rows.quantized = rows.exact;
  rows.fit = 48;
  IntegerProduct p;
  p.weights = Matrix(2, 1);
  p.weights.values = {0.04f, 0.04f};
  p.bias = p.q_bias = {0};
  p.scale = {0.1f};
  p.q = {0, 0};
  const Reconstruction found = reconstructed(rows, true, p);
  EXPECT_EQ(p.q[0] + p.q[1], 1);
  EXPECT_LT(found.after, found.before / 10);
}

// The fitted rows say otherwise; what is judged has no error as it is.
TEST(Reconstruct, KeepsWhatIsThereWhereOnlyFittedRowsWouldGain) {
  ProductRows rows = rows_of(7, 40, 6);
  rows.quantized = rows.exact;
  IntegerProduct p = product_of(7, 6, 3, 0);
  for (size_t i = 0; i < p.q.size(); ++i) {
    p.weights.values[i] = static_cast<float>(p.q[i]) * p.scale[i % 3];
  }
  p.q_bias = p.bias;
  for (size_t i = 0; i < rows.fit * 6; ++i) rows.quantized.values[i] *= 0.7f;
  const IntegerProduct before = p;
  const Reconstruction found = reconstructed(rows, true, p);
  EXPECT_EQ(p.q, before.q);
  EXPECT_EQ(p.q_bias, before.q_bias);
  EXPECT_EQ(found.before, found.after);
}

TEST(Reconstruct, StaysWithinTheIntegersInUse) {
  const ProductRows rows = rows_of(2, 100, 8);
  IntegerProduct p = product_of(2, 8, 3, 0);
  p.qmin = -31;
  p.qmax = 31;
  for (int32_t& q : p.q) q = std::clamp(q, -31, 31);
  const Reconstruction found = reconstructed(rows, true, p);
  EXPECT_LT(found.after, found.before);
  EXPECT_GE(*std::min_element(p.q.begin(), p.q.end()), -31);
  EXPECT_LE(*std::max_element(p.q.begin(), p.q.end()), 31);
}

TEST(Reconstruct, WithoutWeightsChangesBiasesAlone) {
  const ProductRows rows = rows_of(3, 100, 8);
  IntegerProduct p = product_of(3, 8, 3, 1);
  const IntegerProduct before = p;
  const Reconstruction found = reconstructed(rows, false, p);
  EXPECT_EQ(p.q, before.q);
  EXPECT_NE(p.q_bias, before.q_bias);
  EXPECT_LT(found.after, found.before);
}

TEST(Reconstruct, WithoutABiasItStaysZero) {
  ProductRows rows = rows_of(4, 100, 8);
  rows.quantized = rows.exact;
  IntegerProduct p = product_of(4, 8, 3, 1);
  p.has_bias = false;
  p.bias = p.q_bias = {0, 0, 0};
  const std::vector<int32_t> before = p.q;
  const Reconstruction found = reconstructed(rows, true, p);
  EXPECT_EQ(p.q_bias, (std::vector<float>{0, 0, 0}));
  EXPECT_NE(p.q, before);
  EXPECT_LT(found.after, found.before);
}

// More weights of an output than are fitted together, and products that the runtime multiplies.
TEST(Reconstruct, GivesTheSameForAnyNumberOfThreads) {
  ProductRows rows = rows_of(5, 800, 300);
  rows.quantized = rows.exact;
  IntegerProduct one = product_of(5, 300, 7, 1), three = one;
  const Reconstruction a = reconstructed(rows, true, one, 1);
  const Reconstruction b = reconstructed(rows, true, three, 3);
  EXPECT_EQ(one.q, three.q);
  EXPECT_EQ(one.q_bias, three.q_bias);
  EXPECT_EQ(a.after, b.after);
  EXPECT_LT(a.after, a.before / 2);
}

TEST(Reconstruct, WhatBothHaveBeyondTheIntegersIsNoError) {
  const ProductRows rows = rows_of(6, 40, 6);
  for (const bool above : {false, true}) {
    IntegerProduct p = product_of(6, 6, 3, 1);
    (above ? p.high : p.low) = above ? -100.0f : 100.0f;
    const IntegerProduct before = p;
    const Reconstruction found = reconstructed(rows, true, p);
    EXPECT_EQ(found.before, 0);
    EXPECT_EQ(p.q, before.q);
    EXPECT_EQ(p.q_bias, before.q_bias);
  }
}

}  // namespace
}  // namespace octavo
