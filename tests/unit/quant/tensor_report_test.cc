#include "quant/tensor_report.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace octavo {
namespace {

QuantParams params_to(float end) {  // 0..end in 255 steps
  return {{end / 255}, {0}};
}

int64_t sum(const std::vector<int64_t>& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

TEST(TensorReport, CountsWhatLiesBeyondTheRangeByMoreThanHalfAStep) {
  TensorStatistics statistics;
  const QuantParams params{{1}, {128}};  // -128..127
  statistics.add(std::vector<float>{-128.5f, -128.6f, 0, 127.5f, 127.6f, 300}, params);
  const TensorReport report = statistics.report(params);
  EXPECT_DOUBLE_EQ(report.clipped, 0.5);
  EXPECT_EQ(report.chosen, (Range{-128, 127}));
  EXPECT_FLOAT_EQ(report.observed.min, -128.6f);
  EXPECT_EQ(report.observed.max, 300);
}

TEST(TensorReport, EveryValueIsInTheBinThatHoldsIt) {
  std::vector<float> values;
  for (int i = 0; i < 5000; ++i) values.push_back(std::sin(static_cast<float>(i)) * 3.7f + 1);
  TensorStatistics statistics;
  statistics.add(values, params_to(5));
  const Bins bins = statistics.report(params_to(5)).histogram;
  EXPECT_LE(bins.counts.size(), 64u);
  EXPECT_GE(bins.counts.size(), 32u);
  std::vector<int64_t> wanted(bins.counts.size());
  for (const float x : values) {
    const double bin = std::floor((static_cast<double>(x) - bins.from) / bins.width);
    ASSERT_GE(bin, 0);
    ++wanted.at(static_cast<size_t>(bin));
  }
  EXPECT_EQ(bins.counts, wanted);
}

TEST(TensorReport, NothingButZerosIsOneBin) {
  TensorStatistics statistics;
  statistics.add(std::vector<float>(7), params_to(1));
  const TensorReport report = statistics.report(params_to(1));
  EXPECT_EQ(report.histogram.counts, std::vector<int64_t>{7});
  EXPECT_EQ(report.clipped, 0);
}

TEST(TensorReport, MergedInAnyOrderItIsThatOfOnePass) {
  const std::vector<float> parts[] = {{0, 0.25f, 9}, {-3, 1e-6f}, {100, 2, 2}};
  TensorStatistics one, merged;
  for (const auto& part : parts) one.add(part, params_to(4));
  for (const int i : {2, 0, 1}) {
    TensorStatistics part;
    part.add(parts[i], params_to(4));
    merged.merge(part);
  }
  ByteWriter a, b;
  one.write(a);
  merged.write(b);
  EXPECT_EQ(a.bytes(), b.bytes());
  EXPECT_DOUBLE_EQ(merged.report(params_to(4)).clipped, 3.0 / 8);
  EXPECT_EQ(sum(merged.report(params_to(4)).histogram.counts), 8);
}

TEST(TensorReport, ReadsWhatItWroteAndRefusesMoreClippedThanThereAre) {
  TensorStatistics written, read;
  written.add(std::vector<float>{1, 2, 3}, params_to(1));
  ByteWriter out;
  written.write(out);
  ByteReader in(out.bytes());
  read.read(in);
  EXPECT_TRUE(in.ok() && in.at_end());
  EXPECT_EQ(read.report(params_to(1)).histogram.counts,
            written.report(params_to(1)).histogram.counts);
  std::vector<std::byte> bytes = out.bytes();
  bytes.back() = std::byte{4};
  ByteReader damaged(bytes);
  TensorStatistics().read(damaged);
  EXPECT_FALSE(damaged.ok());
}

TEST(TensorReport, ValuesThatAreNotFiniteHaveNone) {
  TensorStatistics statistics;
  EXPECT_FALSE(statistics.usable());
  statistics.add(std::vector<float>{1, std::numeric_limits<float>::infinity()}, params_to(1));
  EXPECT_FALSE(statistics.usable());
}

}  // namespace
}  // namespace octavo
