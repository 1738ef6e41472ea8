// The inner loop of histograms: which bin each value is of.
#pragma once

#include <cstdint>
#include <span>

namespace octavo {

constexpr int kBinBits = 12;
constexpr int64_t kHalfBins = int64_t{1} << kBinBits;  // on each side of zero
// Zeros, of which a Relu leaves many, would wait for each other: they are counted in lanes apart.
constexpr int64_t kZeroLanes = 8;

// counts[i + kHalfBins] += values in [i, i + 1) * 2^exponent, without zeros (of either sign); those
// += counts[2 * kHalfBins + lane] of any lanes. All |values| < kHalfBins * 2^exponent; exponent in
// -100..116. counts: [2 * kHalfBins + kZeroLanes].
void count_bins(std::span<const float> values, int exponent, std::span<int64_t> counts);
void count_bins_ref(std::span<const float> values, int exponent, std::span<int64_t> counts);

}  // namespace octavo
