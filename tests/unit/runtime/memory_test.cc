#include "runtime/memory.h"

#include <gtest/gtest.h>

#include "tests/unit/kernels/byte_noise.h"

namespace octavo {
namespace {

TEST(Memory, ValuesAliveTogetherDoNotOverlap) {
  Noise noise(1);
  std::vector<Lifetime> lifetimes;
  for (int i = 0; i < 200; ++i) {
    lifetimes.push_back(
        {i, i + noise.between(0, 9), static_cast<uint64_t>(noise.between(0, 5000))});
  }
  const ArenaLayout layout = lay_out(lifetimes);
  for (size_t a = 0; a < lifetimes.size(); ++a) {
    EXPECT_EQ(layout.offsets[a] % kAlignment, 0u);
    EXPECT_LE(layout.offsets[a] + lifetimes[a].bytes, layout.bytes);
    for (size_t b = 0; b < a; ++b) {
      if (lifetimes[a].first > lifetimes[b].last || lifetimes[b].first > lifetimes[a].last)
        continue;
      const bool apart = layout.offsets[a] + lifetimes[a].bytes <= layout.offsets[b] ||
                         layout.offsets[b] + lifetimes[b].bytes <= layout.offsets[a];
      EXPECT_TRUE(apart) << a << " and " << b;
    }
  }
}

TEST(Memory, AChainNeedsItsTwoLargestNeighbours) {
  std::vector<Lifetime> chain;
  for (int i = 0; i < 10; ++i) chain.push_back({i, i + 1, 640});
  EXPECT_EQ(lay_out(chain).bytes, 1280u);
}

TEST(Memory, SmallestGapThatFitsIsTaken) {
  // At step 1 the first and third value are dead: gaps of 1024 and 128 bytes around the others.
  const std::vector<Lifetime> lifetimes = {
      {0, 0, 1024}, {0, 9, 960}, {0, 0, 128}, {0, 9, 112}, {1, 1, 100}};
  const ArenaLayout layout = lay_out(lifetimes);
  EXPECT_EQ(layout.offsets[4], layout.offsets[2]);
}

TEST(Memory, BlockIsAligned) {
  const Block block(100);
  ASSERT_TRUE(block);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block.data()) % kAlignment, 0u);
  EXPECT_GE(block.size(), 100u);
}

TEST(Memory, BlockBeyondAllMemoryIsFalse) { EXPECT_FALSE(Block(UINT64_MAX - 10)); }

}  // namespace
}  // namespace octavo
