#include "quant/observers/count_bins.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace octavo {
namespace {

constexpr size_t kBlock = 512;

// The place of each value in `counts`, without branches: what compilers turn into vectors. Scaling
// by a power of two is exact but where it underflows, and there truncation gives 0 as it should;
// what lies below its truncation, found by values themselves, is of the bin before.
void find_bins(std::span<const float> values, int exponent, int32_t* bins) {
  constexpr auto kHalf = static_cast<int32_t>(kHalfBins);
  const float per_bin = std::ldexp(1.0f, -exponent), width = std::ldexp(1.0f, exponent);
  for (size_t i = 0; i < values.size(); ++i) {
    const float x = values[i];
    const auto whole = static_cast<int32_t>(x * per_bin);
    const int32_t is_below = static_cast<float>(whole) * width > x;
    const int32_t is_zero = x == 0;
    const int32_t to_its_lane = kHalf + static_cast<int32_t>(i % kZeroLanes);
    bins[i] = kHalf + whole - is_below + (-is_zero & to_its_lane);
  }
}

}  // namespace

void count_bins(std::span<const float> values, int exponent, std::span<int64_t> counts) {
  std::array<int32_t, kBlock> bins;
  for (size_t i = 0; i < values.size(); i += kBlock) {
    const auto block = values.subspan(i, std::min(kBlock, values.size() - i));
    find_bins(block, exponent, bins.data());
    for (size_t j = 0; j < block.size(); ++j) ++counts[static_cast<size_t>(bins[j])];
  }
}

}  // namespace octavo
