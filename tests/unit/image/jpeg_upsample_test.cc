#include "image/jpeg_upsample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

namespace octavo {
namespace {

std::vector<uint8_t> some_row(int width, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> row;
  for (int i = 0; i < width; ++i) row.push_back(static_cast<uint8_t>(random()));
  return row;
}

// `doubled(x, neighbour, is_even)` of every sample; ends are their own neighbours.
template <typename Doubled>
std::vector<uint8_t> plain_row(int width, const Doubled& doubled) {
  std::vector<uint8_t> out;
  for (int x = 0; x < width; ++x) {
    out.push_back(static_cast<uint8_t>(doubled(x, std::max(x - 1, 0), true)));
    out.push_back(static_cast<uint8_t>(doubled(x, std::min(x + 1, width - 1), false)));
  }
  return out;
}

TEST(Upsample, BlendsThreeToOneOfAnyWidth) {
  for (int width = 3; width < 150; ++width) {
    const std::vector<uint8_t> near = some_row(width, 1), far = some_row(width, 2);
    std::vector<uint8_t> out(static_cast<size_t>(2 * width));
    upsample_row(near.data(), width, out.data());
    EXPECT_EQ(out, plain_row(width,
                             [&](int x, int other, bool is_even) {
                               const auto at = [&](int i) {
                                 return int{near[static_cast<size_t>(i)]};
                               };
                               return (3 * at(x) + at(other) + (is_even ? 1 : 2)) / 4;
                             }))
        << width;
    upsample_rows(near.data(), far.data(), width, out.data());
    EXPECT_EQ(out, plain_row(width,
                             [&](int x, int other, bool is_even) {
                               const auto at = [&](int i) {
                                 return 3 * near[static_cast<size_t>(i)] +
                                        far[static_cast<size_t>(i)];
                               };
                               return (3 * at(x) + at(other) + (is_even ? 8 : 7)) / 16;
                             }))
        << width;
  }
}

TEST(Upsample, RepeatsWhatIsTooNarrow) {
  for (const int width : {1, 2}) {
    const std::vector<uint8_t> near = {10, 200}, far = {90, 90};
    std::vector<uint8_t> out(static_cast<size_t>(2 * width)), want = {10, 10, 200, 200};
    want.resize(out.size());
    upsample_row(near.data(), width, out.data());
    EXPECT_EQ(out, want);
    upsample_rows(near.data(), far.data(), width, out.data());
    EXPECT_EQ(out, want);
  }
}

}  // namespace
}  // namespace octavo
